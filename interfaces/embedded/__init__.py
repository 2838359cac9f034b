"""The graph, PostgreSQL and the MQTT broker: the operator's own, or embedded ones that live with the commands that use them."""

from interfaces.embedded.endpoints import Endpoints, GraphEndpoint
from interfaces.embedded.servers import open_servers

__all__ = ["Endpoints", "GraphEndpoint", "open_servers"]
