"""The graph, PostgreSQL and the MQTT broker: the operator's own, or embedded ones that live with the commands that use them."""

from interfaces.servers.endpoints import Endpoints, GraphEndpoint
from interfaces.servers.opening import open_servers

__all__ = ["Endpoints", "GraphEndpoint", "open_servers"]
