"""The box: everything that a running sandbox is made of, from its certificate to its nodes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from werkzeug import Request

from sandbox import MANAGEMENT, NODES, STATIC, addresses, certificates
from sandbox.answers import Answer, Delivery, error_answer, html_answer, page
from sandbox.faults import Fault, chosen
from sandbox.faults.registry import Moment
from sandbox.identity_provider import IdentityProvider
from sandbox.keys import Keys
from sandbox.limits import Limits, Window
from sandbox.memory import Recent
from sandbox.node import Node
from sandbox.pages import services
from sandbox.pages.server import ROOT, TARGET, Pages
from sandbox.questions import Question
from sandbox.setup import Setup
from sandbox.tenant import Tenant
from sandbox.tokens import Tokens
from sandbox.wire import Wire

HOST = "localhost"
MOST_ASKED = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``status`` is None where no answer was sent; ``arrived`` is in UNIX seconds.

    ``target`` is ``tenant``, ``canonical``, ``pages``, ``identity-provider``, or ``node-1`` and so on.
    ``kind`` is test, testall, discovery, jwks, login (of
    a user), machine-login, refresh, code, token (of no known grant), userinfo, revoke or metric; of the login's pages
    authorize, prompt, resume, classic and so on; of the status pages it is the service's name; empty where there is no
    such page.
    """

    method: str
    path: str
    status: int | None
    target: str
    kind: str
    arrived: float


def _set_up(ill: Iterable[Fault], callbacks: frozenset[str]) -> Setup:
    setup = Setup(callbacks=callbacks)
    for fault in ill:
        if fault.set_up:
            fault.set_up(setup)
    return setup


class Sandbox:
    """A running tenant, with its nodes; see ``sandbox.start``. ``environment`` is all that a monitor needs.

    ``domain`` is where the tenant is, ``idp`` where its identity provider is,
    and ``pages`` the address below which each external service has its status page.
    """

    def __init__(
        self,
        faults: Iterable[str],
        *,
        delay: float,
        port: int,
        limits: Literal["generous", "real"],
        id_token_alg: Literal["RS256", "HS256"],
        on_asked: Callable[[Asked], None],
        callbacks: frozenset[str] = frozenset(),
    ) -> None:
        for name, value, allowed in (
            ("limits", limits, ("generous", "real")),
            ("id_token_alg", id_token_alg, ("RS256", "HS256")),
        ):
            if value not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}")
        if not (0 <= delay < threading.TIMEOUT_MAX and 0 <= port <= 65535):
            raise ValueError("delay must be a number of seconds, not negative, and port one from 0 to 65535")
        ill = chosen({faults} if isinstance(faults, str) else set(faults))
        self._lasting = [fault for fault in ill if fault.target != "tenant"]
        setup = _set_up(ill, callbacks)
        self._asked: deque[Asked] = deque(maxlen=MOST_ASKED)
        self._on_asked = on_asked
        self._lock = threading.Lock()
        self._directory = certificates.directory()
        authority = Path(self._directory.name, "ca.pem")
        self._certify = certificates.Authority(authority).issue
        self._wire = Wire(delay, self._note)
        try:
            self.idp = self._reserve_idp()
            tenant, nodes = self._open(port, setup, ill, limits, id_token_alg)
            self._open_idp(setup, tenant.domain)
            self.pages = self._open_pages(setup, ill)
        except BaseException:
            self.stop()
            raise
        self.domain = tenant.domain
        self.environment = {
            "AUTH0_DOMAIN": self.domain,
            **STATIC,
            "AUTH0_ID_TOKEN_ALG": id_token_alg,
            "AUTH0_NODES": nodes,
            "AUTH0_CANONICAL_DOMAIN": self.canonical,
            **MANAGEMENT,
            "AUTH0_CONNECTION_CORP_SAML_METADATA": f"https://{self.idp}/saml/metadata",
            "AUTH0_CONNECTION_GOOGLE_OAUTH2_IDP": self.idp,
            "AUTH0_CONNECTION_CORP_SAML_IDP": self.idp,
            **services.environment(self.pages),
            "REQUESTS_CA_BUNDLE": str(authority),
            "SSL_CERT_FILE": str(authority),
        }
        self._wire.start()

    @property
    def asked(self) -> list[Asked]:
        """The requests of everything that is here so far, up to the last hundred thousand, oldest first."""
        with self._lock:
            return list(self._asked)

    @property
    def setup(self) -> Setup:
        """How the tenant is set up. What of it is looked at when somebody asks may be changed meanwhile."""
        return self._tenant.setup

    @property
    def handed_out(self) -> list[str]:
        """The tokens, codes, states and sessions that were handed out so far, up to twenty thousand of each kind."""
        return [*self._tenant.handed_out, *self._canonical.handed_out]

    def suffer(self, faults: Iterable[str]) -> None:
        """Let the tenant have these faults from now on, and no others; ValueError for one that acts elsewhere.

        What one does at the login's pages comes and goes with it. Faults that act elsewhere stay as they began.
        """
        ill = chosen(set(faults))
        if elsewhere := [each.name for each in ill if each.target != "tenant"]:
            raise ValueError(f"{', '.join(elsewhere)} cannot come while it runs: start another sandbox with it")
        changed = _set_up([*self._lasting, *ill], self.setup.callbacks)
        for each in fields(Setup):
            setattr(self.setup, each.name, getattr(changed, each.name))
        self._acting[:] = ill

    def stop(self) -> None:
        """Close every connection and remove the authority's file; once more does nothing."""
        self._wire.stop()
        self._directory.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _note(self, question: Question, status: int | None, arrived: float) -> None:
        asked = Asked(question.method, question.path, status, question.target, question.kind, arrived)
        with self._lock:
            self._asked.append(asked)
        self._on_asked(asked)

    def _open(
        self, port: int, setup: Setup, ill: list[Fault], limits: Literal["generous", "real"], id_token_alg: str
    ) -> tuple[Tenant, str]:
        """The tenant and its nodes' addresses, each taken; nobody is answered before the wire is started."""
        sockets = addresses.on_localhost(port)
        self._wire.keep(*sockets)
        acting = {target: [fault for fault in ill if fault.target == target] for target in ("tenant", "node-1")}
        self._acting = acting["tenant"]
        context = self._certify(setup)
        nodes = []
        for number in range(1, NODES + 1):
            bound = addresses.of_node(number)
            nodes.append("{}:{}".format(*bound.getsockname()))
            self._wire.keep(bound)
            limit = Window(10 if limits == "real" else MOST_ASKED, 1)
            if f"node-{number}" not in setup.silent_nodes:
                self._wire.listen(bound, Node(number, HOST, acting.get(f"node-{number}", []), limit).answer, context)
        domain = f"{HOST}:{sockets[0].getsockname()[1]}"
        keys = Keys(Keys() if setup.keys_are_rotated else None, setup.signing_certificate_ends_in)
        self._tokens = tokens = Tokens(
            f"https://{domain}/",
            id_token_alg,
            keys,
            [fault.draft for fault in ill if fault.draft],
            setup.access_tokens,
        )
        self._tenant = tenant = Tenant(
            domain, setup, keys, tokens, Limits(limits), acting["tenant"], f"https://{self.idp}"
        )
        for each in sockets:
            self._wire.listen(each, self._by_the_custom_domain, context)
        self._open_canonical(setup, tenant)
        return tenant, ",".join(nodes)

    def _by_the_custom_domain(self, request: Request) -> tuple[Question, Answer]:
        question, answer = self._tenant.answer(request)
        if not self.setup.custom_domain_is_up:
            answer.delivery = Delivery.RESET
        return question, answer

    def _open_canonical(self, setup: Setup, tenant: Tenant) -> None:
        """The same tenant by another name, at an address of its own: it calls itself by that name there."""
        bound = addresses.on_loopback(addresses.CANONICAL)
        self._wire.keep(bound)
        self.canonical = "{}:{}".format(*bound.getsockname())
        issuer = f"https://{self.canonical}/"
        tokens = Tokens(issuer, "RS256", tenant.keys, [])
        canonical = Tenant(
            self.canonical, setup, tenant.keys, tokens, tenant.limits, tenant.faults, tenant.idp, tenant.log
        )
        self._canonical = canonical
        self._wire.listen(
            bound,
            lambda request: self._by_the_canonical_domain(canonical, request),
            self._certify(replace(Setup(), certificate_names=(self.canonical.rpartition(":")[0],))),
        )

    @staticmethod
    def _by_the_canonical_domain(canonical: Tenant, request: Request) -> tuple[Question, Answer]:
        question, answer = canonical.answer(request)
        question.target = "canonical"
        ill = "" if question.kind.startswith("management") else canonical.setup.canonical_domain
        if ill == "down":
            answer = Moment(question, answer, Recent()).replaced(error_answer(500, "server_error", "Internal error"))
        if ill == "blocked":
            answer = Moment(question, answer, Recent()).replaced(html_answer(page("403", "Access denied"), 403))
        return question, answer

    def _reserve_idp(self) -> str:
        """The host and port of the identity provider, on an address of its own where there are several."""
        self._idp_bound = addresses.on_loopback(addresses.IDENTITY_PROVIDER)
        self._wire.keep(self._idp_bound)
        return "{}:{}".format(*self._idp_bound.getsockname())

    def _open_idp(self, setup: Setup, domain: str) -> None:
        context = self._certify(Setup(certificate_names=(self.idp.rpartition(":")[0],)))
        self._wire.listen(self._idp_bound, IdentityProvider(setup, domain).answer, context)

    def _open_pages(self, setup: Setup, ill: list[Fault]) -> str:
        """The address of the status pages. Their certificate is a good one, whatever the tenant's is."""
        sockets = addresses.on_localhost(0)
        self._wire.keep(*sockets)
        pages = Pages(setup.pages, [fault for fault in ill if fault.target == TARGET])
        context = self._certify(Setup())
        for each in sockets:
            self._wire.listen(each, pages.answer, context)
        return f"https://{HOST}:{sockets[0].getsockname()[1]}{ROOT.rstrip('/')}"
