"""GitHub Actions as a typed graph: workflows, jobs, steps, permissions, callers, composite actions."""

from palint.github.graph import Graph, graph
from palint.github.workflows import Action, Job, Permissions, Step, Uses, Workflow

__all__ = ["Action", "Graph", "Job", "Permissions", "Step", "Uses", "Workflow", "graph"]
