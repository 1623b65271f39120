"""How we ask, and how we tell: the engine, the judgement and the reports behind the probes."""

NAME = "auth0-synthetic-monitoring"
VERSION = "0.2.0"
