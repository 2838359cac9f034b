"""Messages in, parts and answers out, over plants in memory and over the demo plant with its stores."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agent.agent import Agent
from agent.dialogue.model import dialogue_model
from agent.language.grammar import grammar
from agent.vocabulary.lexicon import Lexicons
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from tools.catalogue.plant import plant_tools

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.fixture
def agent(agent_with: Callable[..., Agent], graph: GraphStore, ontology: Ontology) -> Agent:
    """Of the demo plant, that answers by the rules of languages alone."""
    return agent_with(dialogue_model(Lexicons(graph, ontology, grammar("en").function_words), plant_tools()))
