"""The rows of the rules: what each looks at, and that each thing it looks at is seen to matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest

from monitor import failures
from monitor.diagnosis import diagnosis
from monitor.diagnosis.diagnosis import diagnose
from monitor.diagnosis.ladder import Exactly, Rule, Symptom, symptoms
from monitor.diagnosis.rules import RULES
from monitor.failures import Degrading, Failure, NotJudged, TargetFailed, Unreachable, Unreadable
from monitor.owners import Confidence, Diagnosis, Owner
from monitor.session.judgement import judge
from monitor.status import ILL
from monitor.verdict import Run
from tests.diagnosis.scenes import CASES, GONE, PROBE, run_of, verdict

RUNS: list[tuple[str, str]] = [
    # a failure is its rule's, with its classes, its errors and its answers, and on its rungs alone
    ("login:Misconfigured~:200:mfa_required", "second-factor"),
    ("secret::400:invalid_request login", "unexplained"),
    ("keys:Refused:401:invalid_client", "unexplained"),
    ("health:Refused:401:access_denied discovery", "health"),
    ("refresh:Refused:403:access_denied machine:Refused:403:access_denied", "audience denied"),
    ("machine:WrongAnswer:403 discovery login", "unexplained"),
    ("machine:WrongAnswer:400:access_denied login:WrongAnswer:400:access_denied discovery", "unexplained*2"),
    ("login:WrongAnswer:400:access_denied machine discovery", "unexplained"),
    ("keys:Refused:403:access_denied", "unexplained"),
    ("tls:RunningLow- service:Unreadable~:none", "certificate-auth0"),
    ("tls:OverBudget-", "late-alone"),
    ("own tls:OverBudget-", "late-alone"),
    ("own tls: discovery", "certificate-own"),
    ("own discovery:Untrusted login:Untrusted", "certificate-own*2"),
    ("own discovery:Untrusted login:Untrusted service:Unreadable~:html", "certificate-own*2"),
    ("own discovery:WrongAnswer:503! login:WrongAnswer:503!", "nothing-to-compare*2"),
    ("keys:RunningLow-", "unexplained"),
    ("keys:RunningLow-:dns", "unexplained"),
    ("keys:RunningLow-:connect", "unexplained"),
    ("login:NamesFail discovery service", "names-fail"),
    ("login:Unresolved keys:TimedOut service", "unresolved unreachable"),
    (
        "login:SecondAttempt-:200,first=500 machine:WrongAnswer:500 refresh:SecondAttempt-:200,first=500 service",
        "flapping*3",
    ),
    ("login:SecondAttempt-:200,first=500 refresh:SecondAttempt-:200,first=500 machine service", "late-alone*2"),
    ("login:WrongAnswer:500 machine:SecondAttempt-:200,first=500 service", "login-pipeline late-alone"),
    ("own discovery:OverBudget- login:OverBudget- canonical service", "late-alone*2"),
    ("own discovery:CutShort login canonical service", "unexplained"),
    ("own other:CutShort canonical service", "unexplained"),
    ("way:OverBudget-:302 discovery login", "late-alone"),
    ("ends:OverBudget- login", "late-alone"),
    ("login:ProviderRefuses:400 machine", "unexplained"),
    ("login:ProviderFails:400 machine", "unexplained"),
    ("discovery:DomainsDiffer-:500 login", "unexplained"),
    ("way:Untrusted:none discovery", "unexplained"),
    ("login:NamesFail keys:NamesFail service", "names-fail*2"),
    ("login:NamesFail keys:Unresolved service", "unresolved*2"),  # one of many questions was slow
    ("limits: login", "unexplained"),
    ("node:RunningLow-", "unexplained"),
    ("login:Misconfigured~:401", "unexplained"),
    # what declares no rung is unexplained, unless its failure says by itself whose work it is
    ("other:WrongAnswer:500", "unexplained"),
    ("other: login discovery service", "unexplained"),
    ("other:Unreachable service", "unexplained"),
    ("other:Unresolved service", "unexplained"),
    ("other:Throttled~:429 login", "throttled"),
    # a failure without a closer class is what its status says
    ("discovery:NotJudged~:none", "not-judged"),
    ("discovery:ProxyGone~:none", "proxy"),
    ("claims:TargetFailed login machine", "claims"),
    ("node:Degrading- service", "node"),
    # what another version wrote hides nothing, and is blamed on nobody, whatever else fits it
    ("node:OfALaterVersion discovery", "unknown-failure"),
    ("login:OfALaterVersion~:403:mfa_required machine", "unknown-failure"),
    ("health:OfALaterVersion- login:Refused:403:invalid_grant auth0:", "auth0-incident unknown-failure wrong-user"),
    # a clock that is wrong explains what it can explain, and a name that flaps is not one that fails
    ("behind discovery:Expired login service health", "certificate-auth0"),
    ("ahead discovery:NotYetValid login service health", "certificate-auth0"),
    ("ahead discovery:Untrusted login service health", "certificate-auth0"),
    ("login:NamesFail discovery service:Unreadable~:nameless", "unexplained"),
    ("login:OverBudget- discovery service:Unreadable~:nameless", "late-alone"),
    # each word of OAuth's has its rule
    ("login:Misconfigured~:200", "variables"),
    ("login:Misconfigured~:403:mfa_registration_required", "second-factor"),
    ("login:Misconfigured~:403:mfa_invalid_code", "second-factor"),
    ("login:Misconfigured~:403:a0.mfa_required", "second-factor"),
    ("login:Misconfigured~:403:a0.mfa_registration_required", "second-factor"),
    ("login:Misconfigured~:403:a0.mfa_invalid_code", "second-factor"),
    ("login:Refused:401:password_change_required", "new-password"),
    ("stranger:Refused:401:change_password_required login", "new-password"),
    ("login:Misconfigured~:403:unsupported_grant_type", "grant"),
    ("login:Misconfigured~:404:endpoint_disabled", "grant"),
    ("login:Misconfigured~:400:invalid_request", "request"),
    ("login:Refused:401:unauthorized", "locked-user"),
    ("stranger:Refused:401:password_leaked login", "locked-user"),
    ("login:Refused:401:invalid_user_password", "wrong-user"),
    # no way out, and something on it, is only where nothing of the tenant holds
    ("login:CutShort discovery service:Unreadable~:none", "login-alone"),
    ("login:WrongAnswer:500 service:Unreadable~:untrusted", "nothing-to-compare"),
    ("tls: service:Unreadable~:html", "certificate-auth0"),
    ("node:WrongAnswer:404 service:Unreadable~:html", "nothing-to-compare"),
    ("login:Misconfigured~:401 service:Unreadable~:html", "unexplained"),
    ("login: service:Unreadable~:html", "nothing-to-compare"),
    ("machine login:WrongAnswer:html discovery service:Unreadable~:html", "page-in-the-way"),
    ("login:Unresolved discovery service", "unexplained"),
    ("login:CutShort machine discovery service", "login-pipeline"),
    # the tenant as a whole is only where its discovery document is ill as well, and nothing of it holds
    ("discovery:WrongAnswer:503 tls:WrongAnswer:503 service", "outage unexplained"),
    ("discovery:Refused:500:invalid_client service", "unexplained"),
    ("discovery:WrongAnswer:503 login service", "discovery"),
    ("discovery:WrongAnswer:500 login:Misconfigured~:500:server_error service", "outage*2"),
    ("discovery:WrongAnswer:500! login:Misconfigured~:500!:server_error", "nothing-to-compare*2"),
    ("discovery:WrongAnswer:503 login:WrongAnswer:503 node:WrongAnswer:503 service", "outage*3"),
    ("discovery:WrongAnswer:503 login:WrongAnswer:503 node:WrongAnswer:500 service", "node outage*2"),
    ("discovery:WrongAnswer:200 login:WrongAnswer:200 node:WrongAnswer:200 service", "garbled*2 node"),
    ("discovery:WrongAnswer:200 login service", "discovery"),
    ("discovery:WrongAnswer:200! login:WrongAnswer:200!", "nothing-to-compare*2"),
    ("login:WrongAnswer:200 service", "unexplained"),
    ("discovery:WrongAnswer:404 login:WrongAnswer:404 service", "not-a-tenant*2"),
    ("discovery:WrongAnswer:404 auth0:", "auth0-incident not-a-tenant"),
    ("login: auth0", "unexplained"),
    ("machine issuer: service", "unexplained"),
    # what an extension does is an API's that is down behind it, and the extension's own where that is well
    ("service/acme:ApiFails:503 login:Refused:403:access_denied machine discovery", "api-behind*2"),
    ("service/acme:ApiFails:none login:WrongAnswer:500 stranger:WrongAnswer:500 login/other machine", "api-behind*3"),
    ("service/acme:ApiFails:none login:WrongAnswer:500 machine discovery", "api-behind*2"),
    ("service/acme:ApiFails:none login:WrongAnswer:500 discovery", "api-behind*2"),
    ("service/acme:ApiFails:none stranger:WrongAnswer:500 login machine", "api-behind*2"),
    ("service/acme:ApiFails:none machine:WrongAnswer:500 login discovery", "api-behind*2"),
    ("service/acme:ApiFails:none claims: login machine", "api-behind*2"),
    ("service/acme:ApiSlow-:200 login:OverBudget- machine discovery", "api-behind*2"),
    ("service/acme:ApiFails:none service/bill:ApiFails:503 login:WrongAnswer:500 machine", "api-behind*3"),
    ("service/acme login:WrongAnswer:500 machine discovery", "login-pipeline"),
    ("service/acme:ApiSlow-:200 login:WrongAnswer:500 machine discovery", "api login-pipeline"),
    ("service/acme:ApiFails:none login:WrongAnswer:500 machine:WrongAnswer:500 discovery", "api token-endpoint*2"),
    ("service/acme:ApiFails:none login:Refused:403:invalid_grant machine", "api wrong-user"),
    ("service/acme:ApiFails:none login:Unreachable machine:Unreachable", "cannot-see*3"),
    ("service/acme:ApiFails:none login:Unreachable machine:Unreachable service", "api unreachable*2"),
    ("service/acme:ApiFails:none login machine", "api"),
    ("other:ApiFails login", "unexplained"),
    ("other:Unattributed- login", "unexplained"),
    # which logins break, and what holds beside them
    ("login:Misconfigured~:401 login/other", "unexplained"),
    ("profile:Misconfigured~:500:server_error login", "unexplained"),
    ("login:Misconfigured~:500:server_error login/other:WrongAnswer:500 discovery", "login-alone*2"),
    ("profile:Misconfigured~:500:server_error profile/other login", "unexplained"),
    # what looks like a missing Default Directory is none where a machine's login breaks too, or Auth0 says so
    ("login:Misconfigured~:500:server_error machine:WrongAnswer:500 discovery", "token-endpoint*2"),
    ("login:Misconfigured~:500:server_error machine:WrongAnswer:500 auth0:", "login-outage*3"),
    ("login:Misconfigured~:500:server_error auth0:", "login-outage*2"),
    ("login:Misconfigured~:500:server_error machine auth0", "default-directory"),
    ("login:Misconfigured~:500:server_error stranger:Misconfigured~:500:server_error machine", "default-directory*2"),
    ("claims:TimedOut login/other", "connection"),
    ("login:Unresolved login/other", "unexplained"),
    ("login: login/other", "unexplained"),
    ("node:WrongAnswer:500 auth0:", "node*2"),
    ("login:WrongAnswer:500 auth0:", "login-outage*2"),
    ("login:Unresolved machine auth0:", "auth0-incident unexplained"),
    ("login::403 auth0:", "auth0-incident unexplained"),
    ("login:WrongAnswer:500 machine:WrongAnswer:500 keys service", "unexplained*2"),
    ("login:WrongAnswer:500 machine:WrongAnswer:500 keys:WrongAnswer:500 discovery", "token-endpoint*2 keys"),
    ("login:Unresolved machine:Unresolved discovery", "unexplained*2"),
    ("login:WrongAnswer:500 secret:WrongAnswer:500 machine", "login-pipeline unexplained"),
    ("login:Unresolved machine", "unexplained"),
    ("tls:WrongAnswer:500 login:WrongAnswer:500 discovery", "login-alone unexplained"),
    ("login:Unresolved keys", "unexplained"),
    ("login:WrongAnswer:500 machine:OverBudget- keys", "late-alone login-pipeline"),
    ("login:WrongAnswer:500 machine:Refused:401:access_denied keys", "unexplained wrong-client"),
    ("stranger:Unresolved login", "unexplained"),
    ("stranger:WrongAnswer:500 discovery", "unexplained"),
    ("keys:WrongAnswer:503 machine:WrongAnswer:500 login", "machine-alone unexplained"),
    ("machine:WrongAnswer:404 login", "unexplained"),
    ("secret:WrongAnswer:500 login", "unexplained"),
    ("machine:Unresolved login", "unexplained"),
    ("machine:WrongAnswer:302 health:WrongAnswer:302 discovery", "page-in-the-way*2"),
    ("login:WrongAnswer:html machine", "page-in-the-way"),
    # what the logins brought is judged where a login holds, by an answer that came
    ("login:OverBudget- signature:WrongAnswer discovery machine", "id-token login-late"),
    ("login::403 signature:TimedOut discovery", "unexplained unexplained"),
    ("keys:WrongAnswer:302 discovery", "page-in-the-way"),
    ("keys:WrongAnswer login", "unexplained"),
    ("issuer:TimedOut iss:TimedOut login", "unexplained*2"),
    ("issuer: iss: claims: login", "claims other-tenant*2"),
    ("issuer:OverBudget- login", "late-alone"),
    ("issuer:WrongAnswer:html login", "page-in-the-way"),
    ("issuer: secret", "unexplained"),
    ("signature:RunningLow- login", "unexplained"),
    ("iss::never login", "unexplained"),
    ("issuer signature:", "unexplained"),
    ("claims:RunningLow- login", "unexplained"),
    ("claims::never login", "unexplained"),
    ("claims: profile", "unexplained"),
    ("scope:RunningLow- login", "unexplained"),
    ("scope::never login", "unexplained"),
    ("scope: profile", "unexplained"),
    ("health:WrongAnswer:404 login tampered", "health"),
    ("profile:RunningLow- login tampered", "unexplained"),
    ("profile:WrongAnswer:302 login tampered", "page-in-the-way"),
    ("profile:WrongAnswer:401 login", "unexplained"),
    ("keys:WrongAnswer:404 login", "unexplained"),
    ("keys:WrongAnswer:404 discovery login", "keys"),
    ("keys:WrongAnswer:500 discovery login", "keys"),
    ("issuer:WrongAnswer:404 login", "discovery"),
    ("issuer:WrongAnswer:500 login", "discovery"),
    ("profile:WrongAnswer:500 login tampered", "profile"),
    ("profile: login tampered", "profile"),
    ("refresh:WrongAnswer:200 login", "refresh"),
    ("refresh:OverBudget- login", "late-alone"),
    ("refresh:Refused:403:invalid_grant discovery", "unexplained"),
    ("limits: login/other", "unexplained"),
    ("stranger:WrongAnswer stranger/other", "unexplained"),
    ("stranger::404 stranger/other", "unexplained"),
    ("secret:SecondAttempt-", "late-alone"),
    ("secret::403 login", "unexplained"),
    # what is late hides nothing that is down, and is the login's, the tenant's, or nobody's
    ("login:OverBudget- refresh:WrongAnswer:401 machine discovery", "login-late refresh"),
    ("stranger:OverBudget- machine discovery", "late-alone"),
    ("keys:OverBudget- login:OverBudget- machine discovery", "late-alone login-late"),
    ("tls:OverBudget- login:OverBudget- discovery:OverBudget- service", "late*2 late-alone"),
    ("login:OverBudget- discovery:OverBudget- keys:WrongAnswer:302 service", "late*2 page-in-the-way"),
    ("login:OverBudget- discovery:OverBudget-", "late-alone*2"),
    ("keys:OverBudget- discovery:OverBudget- service", "late-alone*2"),
    ("login:SecondAttempt- machine discovery", "login-late"),
    ("login:OverBudget- stranger:OverBudget- refresh:OverBudget- machine discovery", "login-late*3"),
    # what breaks at the pages alone is theirs, and what breaks without them too is the connection's
    ("pages:Refused:500 login machine discovery", "unexplained"),
    ("pages:WrongAnswer:500 login refresh:WrongAnswer:500 machine discovery", "universal-login refresh-breaks"),
    ("refresh::500 login", "refresh-breaks"),
    ("keys: device: discovery:", "garbled*3"),
    ("stranger:WrongAnswer:500 machine discovery", "unexplained"),
    ("claims:OverBudget- login machine discovery", "late-alone"),
    ("pages:WrongAnswer:500 login:WrongAnswer:500 login/other pages/other", "connection*2"),
    ("pages:WrongAnswer:500 login:WrongAnswer:500 machine discovery", "login-pipeline*2"),
    ("pages:Refused:302:access_denied login:Refused:403:access_denied machine", "denied*2"),
    ("pages:Prompted~:html:mfa-otp-challenge login:Misconfigured~:403:mfa_required", "second-factor*2"),
]

RUNS += [
    # who spoke: what Auth0 did not sign is not called its work
    ("discovery:WrongAnswer:503 login:WrongAnswer:503 service:Unreadable~:html", "outage*2"),
    ("discovery:WrongAnswer:503! login:WrongAnswer:503! service", "in-auth0s-place*2"),
    ("discovery:WrongAnswer:404! login:WrongAnswer:404! service", "in-auth0s-place*2"),
    ("own discovery:WrongAnswer:503! login:WrongAnswer:503! service", "own-proxy*2"),
    ("own discovery:WrongAnswer:503!,speaker=nginx login:WrongAnswer:503!,speaker=nginx", "own-proxy*2"),
    ("own keys:WrongAnswer:503!,speaker=nginx discovery login", "own-proxy"),
    ("keys:WrongAnswer:503! discovery login service", "page-in-the-way"),
    ("own discovery:WrongAnswer:403!,speaker=squid login:WrongAnswer:403!,speaker=squid", "proxy-answers*2"),
    ("own keys:WrongAnswer:403!,speaker=squid login", "proxy-answers"),
    ("own keys:WrongAnswer:403,speaker=squid discovery login", "keys"),
    ("own keys:WrongAnswer:503!,via=gw service:Unreadable~:503,via=gw login", "proxy-answers"),
    ("own keys:WrongAnswer:503!,via=gw service:Unreadable~:503,via=other login", "own-proxy"),
    ("own tls:WrongAnswer:503!,speaker=squid login", "unexplained"),
    ("own tls:WrongAnswer:503!,via=gw service:Unreadable~:503,via=gw login", "unexplained"),
    ("own keys:OverBudget-:503!,speaker=squid login", "late-alone"),
    ("own keys:OverBudget-:503!,via=gw service:Unreadable~:503,via=gw login", "late-alone"),
    (
        "own discovery:WrongAnswer:530!,speaker=cloudflare~1016 login:WrongAnswer:530!,speaker=cloudflare~1016",
        "edge-own*2",
    ),
    ("own keys:WrongAnswer:525!,speaker=cloudflare~525 login", "edge-own"),
    ("own keys:WrongAnswer:525,speaker=cloudflare~525 login discovery", "keys"),
    ("own keys:WrongAnswer:522!,speaker=cloudflare~522 login", "edge-between"),
    ("own keys:WrongAnswer:522,speaker=cloudflare~522 login discovery", "keys"),
    ("own tls:WrongAnswer:522!,speaker=cloudflare~522 login", "unexplained"),
    ("own tls:WrongAnswer:525!,speaker=cloudflare~525 login", "unexplained"),
    ("own tls:WrongAnswer:502!,speaker=nginx login", "unexplained"),
    ("own tls:WrongAnswer:502! login service", "unexplained"),
    ("own keys:OverBudget-:525!,speaker=cloudflare~525 login", "late-alone"),
    ("own keys:OverBudget-:522!,speaker=cloudflare~522 login", "late-alone"),
    ("own keys:OverBudget-:502!,speaker=nginx login", "late-alone"),
    ("own keys:OverBudget-:502! login service", "late-alone"),
    ("keys:OverBudget-:522!,speaker=cloudflare~522 login", "late-alone"),
    ("keys:WrongAnswer:522!,speaker=cloudflare~522 login", "edge-auth0"),
    ("keys:WrongAnswer:522!,speaker=cloudflare~522,x-auth0-requestid=1 login discovery", "keys"),
    ("tls:WrongAnswer:522!,speaker=cloudflare~522 login", "unexplained"),
    (
        "discovery:WrongAnswer:403!,cf-ray=0123456789abcdef-FRA login:WrongAnswer:404!,cf-ray=0123456789abcdef-FRA",
        "access-list not-a-tenant",
    ),
    ("discovery:WrongAnswer:403 login:Refused:403:access_denied", "access-list*2"),
    ("discovery:WrongAnswer:403 login:Refused:403:access_denied keys", "denied unexplained"),
    ("discovery:WrongAnswer:403 tls:WrongAnswer:403", "access-list nothing-to-compare"),
    ("discovery:WrongAnswer:404 tls:WrongAnswer:404", "not-a-tenant nothing-to-compare"),
    ("discovery:WrongAnswer:404 login:Refused:404:invalid_grant", "not-a-tenant wrong-user"),
    ("login:WrongAnswer:403 service", "unexplained"),
    ("discovery:Throttled~:403 login:Throttled~:403", "throttled*2"),
    ("discovery:WrongAnswer:404! login:WrongAnswer:404! service:Unreadable~:none", "nothing-to-compare*2"),
    ("discovery:WrongAnswer:503! login:WrongAnswer:503! service:Unreadable~:none", "nothing-to-compare*2"),
    ("discovery:WrongAnswer:503! keys:OverBudget-:503! service", "late-alone page-in-the-way"),
    ("discovery:WrongAnswer:404! keys:OverBudget-:404! service", "late-alone page-in-the-way"),
    ("discovery:WrongAnswer:404! tls:WrongAnswer:404! service", "in-auth0s-place unexplained"),
    ("discovery:WrongAnswer:503! tls:WrongAnswer:503! service", "in-auth0s-place unexplained"),
    ("box discovery:WrongAnswer:404! login:WrongAnswer:404! service", "not-a-tenant*2"),
    ("box discovery:WrongAnswer:404! tls:WrongAnswer:404! service", "not-a-tenant unexplained"),
    ("box keys:WrongAnswer:404! login:WrongAnswer:404! service", "unexplained*2"),
    ("box discovery:WrongAnswer:404! login:WrongAnswer:404! service:Unreadable~:none", "nothing-to-compare*2"),
    ("box discovery:WrongAnswer:503! login:WrongAnswer:503! service", "login-alone unexplained"),
    ("box discovery:OverBudget-:404! login:WrongAnswer:404! service", "late-alone page-in-the-way"),
    # did we reach it at all?
    ("login:NoWayOut~:none keys:NoWayOut~:none service", "no-way-out*2"),
    ("login:ProxyFails~:none service", "proxy"),
    ("login:EdgeBlocks~:403!,speaker=cloudflare~1020 machine discovery", "edge-blocks"),
    (
        "login:Unreachable:none,address=10.0.0.1:443 keys:Unreachable:none,address=10.0.0.1:443 service",
        "foreign-address*2",
    ),
    ("login:Unreachable:none,address=10.0.0.1:443 discovery service", "unexplained"),
    ("own login:Unreachable:none,address=10.0.0.1:443 keys:Unreachable service", "own-unreachable*2"),
    (
        "own login:Unreachable:none,address=127.0.0.1:443 keys:Unreachable:none,address=127.0.0.1:443 service",
        "foreign-address*2",
    ),
    (
        "login:Unreachable:none,address=127.0.0.1:443 keys:Unreachable service::200,address=127.0.0.2:443",
        "service unreachable*2",
    ),
    ("box login:Unreachable:none,address=127.0.0.1:443 keys:Unreachable service", "unreachable*2"),
    ("login:Throttled~:429,address=10.0.0.1:443", "throttled"),
    ("login:OverBudget-:200,address=10.0.0.1:443", "late-alone"),
    ("login:Unreachable:none,way=direct service:UP:200,way=proxy", ""),
    ("own login:Unreachable service", "own-unreachable"),
    ("login:Unreachable:never keys:Unreachable:never service", "unexplained*2"),  # whose name it was, nobody can tell
    ("own login:Unreachable:none,leads_to=x.edge.tenants.auth0.com service", "unreachable"),
    ("own login:Unreachable:none,leads_to=x.edge.tenants.auth0.com keys service", "unexplained"),
    ("own login:Unreachable:none,leads_to=x.edge.tenants.auth0.com", "nothing-to-compare"),
    ("own login:Unreachable keys service", "unexplained"),
    ("own other:Unreachable service", "unexplained"),
    ("own other:Unreachable:none,leads_to=x.auth0.com service", "unexplained"),
    ("own login:WrongAnswer:200,leads_to=x.auth0.com service", "unexplained"),
    ("login:Unreachable:none,way=proxy~p keys:TimedOut service", "unreachable-by-proxy*2"),
    ("login:Unreachable:none,way=proxy~p keys service", "unexplained"),
    ("login:Unreachable:none,way=proxy~p", "nothing-to-compare"),
    ("other:Unreachable:none,way=proxy~p service", "unexplained"),
    ("login:WrongAnswer:200,way=proxy~p service", "unexplained"),
    ("discovery:NamesFail login:NamesFail service:Unreadable~:nameless", "nothing-answers*2"),
    ("login:Unreachable service/control:Unreadable~:none", "nothing-answers"),
    ("login:Unreachable keys service/control:Unreadable~:none", "unexplained"),
    ("login:OverBudget- service/control:Unreadable~:none", "late-alone"),
    ("login:Unreachable service/control", "unreachable"),
    # which certificate?
    ("discovery:UnknownIssuer login:UnknownIssuer service", "inspected*2"),
    ("discovery:UnknownIssuer login:UnknownIssuer", "inspected*2"),
    ("own discovery:UnknownIssuer login:UnknownIssuer service", "certificate-own*2"),
    ("discovery:WrongName login:WrongName service", "certificate-auth0*2"),
    ("discovery:WrongName login:WrongName", "nothing-to-compare*2"),
    ("own discovery:WrongName login:WrongName service", "certificate-own*2"),
    ("other:WrongName service", "unexplained"),
    ("discovery:PlainText login:PlainText service", "no-tls*2"),
    ("discovery:PlainText login:PlainText", "nothing-to-compare*2"),
    ("own discovery:PlainText login:NoCommonTls service", "no-tls*2"),
    ("own discovery:PlainText login:NoCommonTls", "nothing-to-compare*2"),
    ("discovery:NoTls login:NoCommonTls service", "no-tls*2"),
    ("discovery:NoTls login:NoTls", "nothing-to-compare*2"),
    # flapping has a shape
    ("keys:SecondAttempt-:200,first=503 login:WrongAnswer:503,first=503 discovery machine", "flapping*2"),
    (
        "keys:SecondAttempt-:200,first=502 login:WrongAnswer:503,first=503 discovery machine",
        "late-alone login-pipeline",
    ),
    ("login:SecondAttempt-:200,first=500 stranger:WrongAnswer:500 discovery machine", "login-late stranger-breaks"),
    (
        "login/custom:WrongAnswer:500 login/Username-Password-Authentication:SecondAttempt-:200,first=500 machine",
        "flapping late-alone",
    ),
    (
        "login/custom:CutShort login/Username-Password-Authentication:SecondAttempt-:200,first=500 machine",
        "connection late-alone",
    ),
    ("login/Username-Password-Authentication:WrongAnswer:500 login/custom machine", "connection"),
    ("keys:SecondAttempt-:200!,first=0 service:UP:200,first=0", ""),
    ("keys:OverBudget- discovery service:UP:slow", ""),
    # words of OAuth's, and what a description sharpens
    ("login:Throttled~:429:too_many_attempts machine", "locked-out"),
    ("login:Refused:403:too_many_attempts machine", "unexplained"),
    ("login:Misconfigured~:403:consent_required machine", "needs-a-person"),
    ("login:Misconfigured~:400:invalid_request:parameter~organization~is~required machine", "organization"),
    ("login:Refused:403:access_denied:not~in~the~organization machine", "organization"),
    ("login:Refused:403:unauthorized:not~in~the~organization machine", "denied"),
    ("login:Refused:403:access_denied:service~not~found", "audience"),
    ("stranger:Refused:403:access_denied:service~not~found login", "audience"),
    ("refresh:Refused:403:access_denied:service~not~found login", "denied"),
    ("login:Refused:403:access_denied:go~away", "denied"),
    ("login:WrongAnswer:401:access_denied:service~not~found", "wrong-client"),
    ("login:WrongAnswer:400:access_denied:service~not~found", "nothing-to-compare"),
    ("login:WrongAnswer:500:access_denied machine", "extension-says"),
    ("login:WrongAnswer:400:access_denied machine", "unexplained"),
    ("login:WrongAnswer:500:server_error machine", "login-pipeline"),
    ("login:WrongAnswer:400:extensibility_error machine", "extension-says"),
    ("login:WrongAnswer:500:server_error:sandbox~error:~x discovery", "extension-says"),
    ("login:WrongAnswer:500:temporarily_unavailable:sandbox~error:~x discovery", "login-alone"),
    ("login:Unresolved:500:server_error:sandbox~error discovery", "unexplained"),
    ("keys:WrongAnswer:500:server_error:sandbox~error discovery", "keys"),
    (
        "login:Misconfigured~:500:server_error:not~with~default~connection machine:WrongAnswer:500 discovery",
        "default-directory token-endpoint",
    ),
    ("machine:Misconfigured~:400:invalid_request:not~at~night login", "machine-denied"),
    ("machine:Misconfigured~:400:invalid_request:missing~parameter login", "request"),
    ("machine:Misconfigured~:400:invalid_target:not~at~night login", "request"),
    ("login:Misconfigured~:400:invalid_request:not~at~night machine", "request"),
    ("login:Refused:401:unauthorized:verify~your~mail machine", "denied"),
    ("login:Refused:401:unauthorized:user~is~blocked machine", "locked-user"),
    ("login:Refused:401:invalid_user_password:verify~your~mail machine", "wrong-user"),
    ("stranger::401:unauthorized login", "stranger-words"),
    ("stranger::401:unauthorized", "nothing-to-compare"),
    ("stranger:Refused:401:unauthorized:no~member login", "unexplained"),
    ("secret::401:unauthorized login", "unexplained"),
    # what tokens are
    ("signature:OtherSecret login discovery", "stale-secret"),
    ("api:OpaqueToken login discovery", "opaque-token"),
    ("api:ScopeLacks- login discovery", "scope-lacks"),
    ("api: login discovery", "access-token"),
    ("api:RunningLow- login discovery", "unexplained"),
    ("api::never login discovery", "unexplained"),
    ("health:ClocksDiffer- login", "clocks-differ"),
    ("own health:ClocksDiffer- login", "clocks-differ"),
    ("own issuer: login", "own-issuer"),
    ("own issuer: iss:", "garbled*2"),
    ("own issuer:WrongAnswer login", "discovery"),
    ("own keys: login discovery", "keys"),
    ("own keys:OverBudget- login discovery", "late-alone"),
    ("own keys: login", "unexplained"),
    ("own claims: login", "claims"),
    ("keys:TimedOut api:TimedOut:none,url=https://prod.eu.auth0.com/.well-known/jwks.json login discovery", "keys*2"),
    ("profile:WrongAnswer:500 tampered:WrongAnswer:500 login", "profile*2"),
    ("profile:TimedOut login tampered", "profile"),
    ("own profile:WrongAnswer:401 login tampered", "profile"),
    ("own profile:WrongAnswer:401 login", "unexplained"),
    ("own profile:RunningLow- login tampered", "unexplained"),
    ("own refresh:WrongAnswer:401 login tampered", "refresh"),
    # what Auth0 signed is no proxy's, and what it did not is no refusal of its own
    ("own discovery:WrongAnswer:500 login:WrongAnswer:500 canonical service", "outage*2"),
    ("own discovery:WrongAnswer:404 login:WrongAnswer:404 canonical service", "own-beside-canonical*2"),
    ("login:Refused:403!:access_denied machine discovery", "page-in-the-way"),
    ("login:Misconfigured~:400!:invalid_request machine discovery", "page-in-the-way"),
    ("own login:Refused:403!:access_denied machine discovery", "denied"),
    (GONE.format("Refused:401!:unauthorized") + " service", "in-auth0s-place*4"),
    ("login:Refused:403!:access_denied discovery!", "denied"),
    # what has the same cause stands beside it
    ("discovery:WrongAnswer:503 keys:WrongAnswer:503 login", "discovery*2"),
    ("discovery:TimedOut login", "unexplained"),
    ("discovery:TimedOut keys", "unexplained"),
    ("login:TimedOut machine:TimedOut discovery", "token-endpoint*2"),
    (
        "own login:TimedOut:none,leads_to=x.auth0.com machine:TimedOut:none,leads_to=x.auth0.com discovery",
        "token-endpoint*2",
    ),
    ("own login:TimedOut machine discovery", "login-pipeline"),
    ("own login machine:TimedOut discovery", "machine-alone"),
    ("own limits:TimedOut login:TimedOut machine:TimedOut tampered:TimedOut discovery", "token-endpoint*3 unexplained"),
    ("device:TimedOut login keys discovery", "unexplained"),
    ("own issuer: api:WrongAnswer:200 login", "own-issuer*2"),
    ("issuer: iss: api:WrongAnswer:200 login", "other-tenant*3"),
    (
        "pages:WrongAnswer:503 profile:WrongAnswer:503,url=https://prod.eu.auth0.com/authorize login machine discovery",
        "universal-login*2",
    ),
    # who denies all logins, whose edge it is, and who took the signs, or kept the keys
    ("login:WrongAnswer:403! machine:WrongAnswer:403! discovery", "page-in-the-way*2"),
    ("own login:WrongAnswer:403! machine:WrongAnswer:403! discovery service", "own-proxy*2"),
    ("login:WrongAnswer:404 machine:WrongAnswer:404 discovery", "unexplained*2"),
    ("login:WrongAnswer:403:something_new machine:WrongAnswer:403:something_new discovery", "unexplained*2"),
    ("login:WrongAnswer:403 discovery", "unexplained"),
    ("keys:WrongAnswer:403 login:WrongAnswer:403 machine:WrongAnswer:403 discovery", "access-list*2 keys"),
    ("login:Misconfigured~:400:invalid_scope:not~now machine", "request"),
    ("login:Misconfigured~:400:invalid_request:not~now machine", "request"),
    ("machine:Misconfigured~:400:invalid_target:not~now login", "request"),
    ("login:Refused:403:access_denied:you~are~not~authorized~to~access~this~application", "denied"),
    ("login:Refused:403:access_denied:for~a~limited~audience", "denied"),
    (
        "login:Refused:403:access_denied:service~not~found"  # noqa: ISC004 - one run
        " refresh:Refused:403,url=https://prod.eu.auth0.com/oauth/token:access_denied:service~not~found",
        "audience*2",
    ),
    ("own discovery:WrongAnswer:502!,speaker=cloudflare,leads_to=x.auth0.com login", "edge-auth0"),
    ("own discovery:OverBudget-:502!,speaker=cloudflare,leads_to=x.auth0.com login", "late-alone"),
    ("own discovery:WrongAnswer:502!,speaker=nginx,leads_to=x.auth0.com login", "own-proxy"),
    ("own discovery:WrongAnswer:404!,speaker=cloudflare,leads_to=x.auth0.com login", "own-proxy"),
    ("own discovery:WrongAnswer:502,speaker=cloudflare,leads_to=x.auth0.com login", "discovery"),
    ("own node:WrongAnswer:502!,speaker=cloudflare,leads_to=x.auth0.com discovery", "node"),
    ("discovery:WrongAnswer:502!,speaker=cloudflare,leads_to=x.auth0.com login", "page-in-the-way"),
    ("own login:WrongAnswer:502! machine:WrongAnswer:502! discovery!", "own-proxy*2"),
    ("discovery:WrongAnswer:502! login!", "discovery"),
    ("own discovery:WrongAnswer:404! login!", "unexplained"),
    ("own node:WrongAnswer:502! discovery!", "node"),
    ("own keys:Refused:500! login!", "unexplained"),
    ("own " + GONE.format("WrongName:none::it~is~for~portal.hotel.example") + " service", "certificate-own*4"),
    ("discovery:WrongAnswer:200::which~is~not~among~the login keys,age=86400", "discovery"),
    ("signature::200::which~is~not~among~the login keys,age=86400", "id-token"),
    ("own signature::200::which~is~not~among~the login keys,age=86400", "id-token"),
    ("own discovery:WrongAnswer:200::which~is~not~among~the login keys,age=86400", "discovery"),
    ("signature:WrongAnswer:200::which~is~not~among~the login keys,age=soon", "id-token"),
    ("signature:WrongAnswer:200::why login keys,age=86400", "id-token"),
    ("profile:OverBudget-:500 login", "late-alone"),
    ("own profile:WrongAnswer:500 login", "unexplained"),
    ("profile:WrongAnswer:500 machine", "unexplained"),
    # a limit that others spent
    ("machine:Throttled~:429,x-ratelimit-limit=100,x-ratelimit-remaining=0 login:Throttled~:429", "limit-spent*2"),
    ("machine:Throttled~:429,x-ratelimit-limit=4,x-ratelimit-remaining=0 login:Throttled~:429", "throttled*2"),
    ("login:Throttled~:429,x-ratelimit-limit=100,x-ratelimit-remaining=0 machine", "throttled"),
    ("machine:WrongAnswer:500,x-ratelimit-limit=100,x-ratelimit-remaining=0 login", "machine-alone"),
]
ACME = "service/acme:ApiFails:none"
DEFAULT = "Username-Password-Authentication"
RUNS += [
    (f"{ACME} machine:Misconfigured~:400:invalid_scope:not~now login", "api-behind*2"),
    (f"{ACME} machine:Misconfigured~:400:invalid_request:not~now login", "api-behind*2"),
    (f"{ACME} login:Refused:401:unauthorized:verify~mail machine", "api-behind*2"),
    (f"{ACME} login:WrongAnswer:400:extensibility_error machine", "api-behind*2"),
    (f"{ACME} login:WrongAnswer:500:access_denied machine", "api-behind*2"),
    (f"{ACME} login:WrongAnswer:500:server_error:sandbox~error discovery", "api-behind*2"),
    (f"{ACME} login/{DEFAULT}:WrongAnswer:500 login/custom machine", "api-behind*2"),
    ("login:WrongAnswer:403:server_error:service~not~found discovery", "unexplained"),
    ("keys:SecondAttempt-:200!,first=0 login service:Degrading-:200,first=0", "flapping-here service"),
    ("keys:TimedOut:none,first=0 discovery service:Degrading-:200,first=0", "flapping-here service"),
    ("keys:RunningLow-:200!,first=0 discovery service:Degrading-:200,first=0", "service unexplained"),
    (
        "login:TimedOut:none,way=direct keys:TimedOut:none,way=direct service::200,way=proxy~p",
        "past-the-proxy*2 service",
    ),
    ("login:TimedOut:none,way=direct discovery service::200,way=proxy~p", "login-alone service"),
    ("login:WrongAnswer:200,way=direct service::200,way=proxy~p", "service unexplained"),
    ("own login:Unreachable eu@login", "own-beside-canonical"),
    ("own login:Unreachable keys eu@login", "unexplained"),
    ("own login:WrongAnswer:200 eu@login", "unexplained"),
    ("login:Unreachable eu@login", "unreachable"),
    ("own keys:WrongAnswer:503,via=gw service:Unreadable~:503,via=gw login discovery", "keys"),
    ("keys:OverBudget-:404! service:Unreadable~:html", "late-alone"),
    ("discovery:WrongAnswer:200! login:WrongAnswer:200! service:Unreadable~:html", "nothing-to-compare*2"),
    ("discovery:WrongAnswer:200 tls:WrongAnswer:200", "garbled nothing-to-compare"),
    ("box discovery:WrongAnswer:404! keys:OverBudget-:404! service", "late-alone page-in-the-way"),
    ("keys:SecondAttempt-:200,first=503 tls:WrongAnswer:503 login:WrongAnswer:503 machine", "flapping*2 unexplained"),
    (
        "keys:SecondAttempt-:200,first=503 login:WrongAnswer:503 limits:RunningLow-:200,first=503 machine",
        "flapping*2 limit-near",
    ),
    (f"login/{DEFAULT}:WrongAnswer:500 stranger/{DEFAULT}:WrongAnswer:500 login/custom machine", "connection*2"),
    (f"login/{DEFAULT}:WrongAnswer:200 login/custom discovery", "broken-answer"),
    (
        "login:Misconfigured~:500:server_error:default~connection stranger:Misconfigured~:500:server_error machine",
        "default-directory*2",
    ),
    ("ahead login:Refused:403:invalid_grant", "wrong-user"),
    ("pages:Refused:500 machine discovery", "unexplained"),
    ("pages:OverBudget- login:OverBudget- machine discovery", "login-late*2"),
    ("pages: machine discovery", "broken-answer"),
    ("pages:RunningLow- machine discovery", "unexplained"),
    ("stranger::401:unauthorized machine", "unexplained"),
    ("issuer:WrongAnswer:200! login", "page-in-the-way"),
    ("own keys: signature:WrongAnswer discovery login", "keys*2"),
    ("issuer::never login", "unexplained"),
    ("profile:WrongAnswer:404 login", "unexplained"),
    ("own health:RunningLow- login", "health"),
    ("login:OverBudget- discovery:OverBudget- limits:RunningLow- service", "late*2 limit-near"),
    (
        "keys:OverBudget- login service/a:Degrading-:200,took=9 service/b:Degrading-:200,took=9",
        "service service way-late",
    ),
    (
        "limits:RunningLow- login service/a:Degrading-:200,took=9 service/b:Degrading-:200,took=9",
        "limit-near service service",
    ),
]
RUNS = [each for each in RUNS if each[1]]

BREAKS = ("WrongAnswer:500", ":500", "TimedOut", "CutShort")
"""How a login breaks: an error of the server, or no answer."""

REDUNDANT = {
    "certificate-auth0": {"ill"},  # no other rung has a certificate of the tenant's
    "certificate-own": {"ill", "control", "host"},  # the rows before have taken distrust, and Auth0's own names
    "edge-own": {"host"},  # edge-auth0 has taken Auth0's own names
    "edge-between": {"host"},  # the same
    "outage": {"signed"},  # nothing that Auth0 did not sign is called its work, whatever a rule says
    "not-a-tenant": {"statuses", "host", "falls", "failures", "answers"},  # the rows before leave no others
    "flapping": {"failures", "ill", "answers"},  # the facts are of errors that were answered
    "connection": {"ill", "failures"},  # what fails there fails as a login
    "default-directory": {"answers", "ill", "failures"},  # only such an answer has that description
    "clocks-differ": {"ill"},  # /test alone tells a time
    "garbled": {"failures", "signed"},  # an answer with 2xx is wrong or not as expected, and signed as in an outage
    "access-list": {"failures"},  # a 403 of everything is of no other class
    "in-auth0s-place": {"failures"},  # the rows before leave no others
    "universal-login": {"answers"},  # a login through pages that breaks has no others
    "inspected": {"failures"},  # of no other failure the names of a certificate are told
    "profile": {"answers"},  # the rows before have taken the rest
    "page-in-the-way": {"failures"},  # a page has no error of OAuth's that could be of another class
}
"""What a rule says for whoever reads it, although the rows before it leave nothing else."""


def causes_of(told: str) -> str:
    """The rules of what was found, each with the number of its verdicts where it explains several."""
    found = diagnose(run_of(told)).causes
    return " ".join(sorted(each.rule + (f"*{n}" if (n := len(each.verdicts)) > 1 else "") for each in found))


@pytest.mark.parametrize(("told", "causes"), RUNS, ids=[told.replace(" ", ",") for told, _ in RUNS])
def test_run_has_these_causes_and_no_others(told: str, causes: str) -> None:
    assert causes_of(told) == " ".join(sorted(causes.split()))


def tree(kind: type[Failure] = Failure) -> Iterator[type[Failure]]:
    """The classes of monitor/failures.py below this one, and no test's own."""
    for below in kind.__subclasses__():
        if below.__module__ == failures.__name__:
            yield below
            yield from tree(below)


ILL_KINDS = [kind for kind in tree() if kind.status in ILL and not issubclass(kind, Unreadable)]
"""Those that somebody has to act on: a page that cannot be read alarms nobody, so no cause explains it."""


@pytest.mark.parametrize("kind", ILL_KINDS, ids=lambda kind: kind.__name__)
def test_every_failure_is_explained_by_some_rule_that_names_it(kind: type[Failure]) -> None:
    named = [rule.name for rule in RULES[:-1] if any(_stands_for(each, kind) for each in rule.failures)]
    rules = {
        cause.rule
        for run, found, _ in diagnosed()
        for cause in found.causes
        for verdict in run.verdicts
        if verdict.failure == kind.__name__ and verdict.id in cause.verdicts
    }

    assert named, "add a row to monitor/diagnosis/rules.py, or name its class in one"
    assert rules - {RULES[-1].name}, "add a run to these tables in which it is explained"


def _stands_for(named: type[Failure] | Exactly, kind: type[Failure]) -> bool:
    return kind is named.kind if isinstance(named, Exactly) else issubclass(kind, named)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in ILL_KINDS if kind not in (TargetFailed, NotJudged, Degrading)],
    ids=lambda kind: kind.__name__,
)
def test_failure_below_another_is_diagnosed_as_that(kind: type[Failure]) -> None:
    """A class for a finer case must cost nobody the owner that the case had."""
    below = type(f"{kind.__name__}OfANewKind", (kind,), {})
    runs = [
        told for told in (*dict(RUNS), *(told for _, *both in CASES for told in both)) if f":{kind.__name__}" in told
    ]

    assert runs
    for told in runs:
        changed = re.sub(rf":{kind.__name__}\b", f":{below.__name__}", told)
        assert blamed_of(changed) == blamed_of(told), changed


def blamed_of(told: str) -> list[tuple[object, ...]]:
    """Whose work is what, by which rule and how sure, and what points to it; not in which words."""
    causes = diagnose(run_of(told)).causes
    return [(each.rule, each.owner, each.confidence, each.status, each.verdicts, each.against) for each in causes]


def test_new_way_of_not_being_reached_is_auth0s_where_others_are_reached() -> None:
    class NoRoute(Unreachable):
        pass

    judged = judge("tests_synthetic/test_x.py::test_y[prod]", "", raised=NoRoute("x"), exchange=None, budget=None)
    (cause,) = diagnose(run_of(f"{GONE.format('NoRoute')} service")).causes

    assert (cause.rule, cause.owner) == ("unreachable", Owner.AUTH0)
    assert cause.sentence == "prod cannot be reached (no answer); other hosts can"
    assert judged.failure == "Unreachable", "who reads the run, in another process, need not know of it"


@pytest.mark.parametrize("answer", ["200", "302", "401", "403", "500", "html", "none", "never"])
@pytest.mark.parametrize("kind", ["", *(kind.__name__ for kind in ILL_KINDS), "OfALaterVersion"])
def test_probe_that_declares_no_rung_is_no_neighbours_work(kind: str, answer: str) -> None:
    """Whatever it is called: what is not auth0's by the failure itself needs a rung to be."""
    mark = {"NotJudged": "~", "Degrading": "-"}
    status = next((sign for name, sign in mark.items() if kind and failures.is_a(kind, getattr(failures, name))), "")
    own = verdict(f"other:{kind}{status}:{answer}")
    for name in ("login", "keys", "node", "tenant", "id_token_is_signed_by_this_tenant", own.probe):
        beside = run_of("discovery login:Refused:403:invalid_grant service:").verdicts
        run = replace(run_of(""), verdicts=(replace(own, probe=name), *beside))
        (cause,) = (each for each in diagnose(run).causes if own.id in each.verdicts)

        assert cause.owner not in (Owner.AUTH0, Owner.EXTENSION, Owner.UPSTREAM)
        assert cause.verdicts == (own.id,)


def test_probe_that_declares_no_rung_says_nothing_about_its_neighbours() -> None:
    """Called as ours are, it neither holds nor is ill in their place."""
    own = replace(verdict("other"), probe="tenant")
    gone = run_of(f"{GONE.format('TimedOut')} service").verdicts

    assert [each.rule for each in diagnose(replace(run_of(""), verdicts=(own, *gone))).causes] == ["unreachable"]


def test_failure_of_a_name_that_nobody_knows_is_told_as_such() -> None:
    (cause,) = diagnose(run_of("discovery:OfALaterVersion:503 login service")).causes

    assert (cause.owner, cause.confidence) == (Owner.UNKNOWN, Confidence.GUESS)
    assert cause.sentence.startswith("this version does not know the failure OfALaterVersion of prod (")
    assert cause.sentence.endswith("another version wrote it. Update this one")


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ("login:{how} machine discovery", "login-pipeline"),
        ("login:{how} discovery", "login-alone"),
        ("login:{how} machine:{how} discovery", "token-endpoint"),
        ("login:{how} discovery auth0:", "login-outage"),
        ("machine:{how} login", "machine-alone"),
        ("stranger:{how} login", "stranger-breaks"),
        ("stranger:{how} login/other", "stranger-breaks"),
        ("login:{how} stranger:{how} machine", "login-pipeline"),
        ("login:{how} refresh:{how} machine", "login-pipeline"),
        ("login:{how} stranger:{how} discovery", "login-alone"),
        ("login:{how} refresh:{how} discovery", "login-alone"),
        ("login:{how} stranger:{how} refresh:{how} secret:{how} machine:{how} discovery", "token-endpoint"),
        ("login:{how} stranger:{how} machine:{how} discovery auth0:", "login-outage"),
        ("machine:{how} secret:{how} login", "machine-alone"),
    ],
)
def test_login_that_breaks_is_the_same_however_it_breaks(told: str, how: str, rule: str) -> None:
    (cause,) = diagnose(run_of(told.format(how=how))).causes

    assert cause.rule == rule


@pytest.mark.parametrize("how", BREAKS)
def test_one_connection_that_breaks_beside_others_is_its_own_database(how: str) -> None:
    assert causes_of(f"login:{how} stranger:{how} login/other") == "connection*2"


@pytest.mark.parametrize(
    ("how", "witness", "rule"),
    [
        ("WrongAnswer:503", "service", "outage"),
        (":503", "service", "outage"),
        ("WrongAnswer:200", "service", "garbled"),
        (":200", "service", "garbled"),
        ("WrongAnswer:404", "service", "not-a-tenant"),
        ("WrongAnswer:404!", "service", "in-auth0s-place"),
        (":302", "service", "in-auth0s-place"),
        ("WrongAnswer:302", "service:Unreadable~:html", "portal"),
        (":404!", "service:Unreadable~:html", "portal"),
        (":404", "service:Unreadable~:html", "not-a-tenant"),
        ("WrongAnswer:503!", "service:Unreadable~:html", "portal"),
        ("WrongAnswer:503", "service:Unreadable~:html", "outage"),
        ("WrongAnswer:503!", "service:Unreadable~:none", "nothing-to-compare"),
        ("WrongAnswer:503!", "service:Unreadable~:untrusted", "nothing-to-compare"),
        ("WrongAnswer:200!", "service:Unreadable~:html", "nothing-to-compare"),
        ("Unreachable", "service", "unreachable"),
        ("TimedOut", "service", "unreachable"),
        ("CutShort", "service", "unreachable"),
        ("Unresolved", "service", "unresolved"),
        ("Unresolved", "service:Unreadable~:html", "unresolved"),
        ("Unresolved", "service:Unreadable~:untrusted", "unresolved"),
        ("Untrusted", "service", "certificate-auth0"),
        ("Untrusted", "service:Unreadable~:html", "certificate-auth0"),
        ("Untrusted", "service:Unreadable~:untrusted", "distrust"),
        *((how, "service:Unreadable~:none", "cannot-see") for how in ("Unreachable", "Unresolved", "Untrusted")),
        *((how, "service:Unreadable~:none", "cannot-see") for how in ("TimedOut", "CutShort")),
        *((how, "service/control:Unreadable~:none", "nothing-answers") for how in ("TimedOut", "Unreachable")),
        *(
            (how, "", "nothing-to-compare")
            for how in ("Unreachable", "Unresolved", "Untrusted", "TimedOut", "CutShort")
        ),
        ("OverBudget-", "service", "late"),
        ("SecondAttempt-", "service", "late"),
        ("OverBudget-", "", "late-alone"),
        ("Throttled~:429", "", "throttled"),
        ("BotProtection~:401", "", "bot-protection"),
        ("Broken~", "", "suite-broken"),
        ("ProxyRefused~:none", "", "proxy"),
    ],
)
def test_whatever_is_ill_in_one_way_has_one_cause(how: str, witness: str, rule: str) -> None:
    """Beside the status pages, every probe of a tenant is ill in the same way: no rung is left over."""
    others = ("service", "auth0", "other", "tls", "node", "takes", "ends", *(["way"] if how.startswith(":") else []))
    names = [name for name in PROBE if name not in others]
    (cause,) = diagnose(run_of(f"{' '.join(f'{name}:{how}' for name in names)} {witness}")).causes

    assert (cause.rule, len(cause.verdicts)) == (rule, len(names))


@pytest.mark.parametrize("name", ["login", "stranger", "machine", "refresh", "secret"])
@pytest.mark.parametrize("error", ["401:access_denied", "401:invalid_client", "403:invalid_client"])
def test_application_that_is_not_known_is_so_wherever_its_secret_is_sent(name: str, error: str) -> None:
    assert causes_of(f"{name}:Refused:{error} discovery") == "wrong-client"


@pytest.mark.parametrize("name", ["login", "stranger", "refresh"])
def test_login_of_a_user_that_is_denied_is_an_actions_work(name: str) -> None:
    assert causes_of(f"{name}:Refused:403:access_denied machine") == "denied"


@pytest.mark.parametrize("how", ["WrongAnswer:500", ":200", "TimedOut", "CutShort"])
@pytest.mark.parametrize(
    ("beside", "owner"),
    [
        ("", Owner.UNKNOWN),
        ("tls", Owner.UNKNOWN),
        ("discovery", Owner.AUTH0),
        ("keys", Owner.AUTH0),
        ("login", Owner.AUTH0),
        ("machine", Owner.AUTH0),
    ],
)
def test_weak_witness_of_the_tenant_is_nobodys_where_nobody_asked_for_more(how: str, beside: str, owner: Owner) -> None:
    (cause,) = diagnose(run_of(f"health:{how} {beside}")).causes

    assert (cause.rule, cause.owner, str(cause.status)) == ("health", owner, "degraded")


@pytest.mark.parametrize(
    "told",
    [
        "discovery:ProxyRefused~:none",
        "discovery:Broken~",
        "login:OtherAlgorithm",
        "login:Refused:403:invalid_grant",
        "node:WrongAnswer:500",
    ],
)
def test_two_tenants_that_suffer_alike_have_one_cause(told: str) -> None:
    both = [verdict for name in "ab" for verdict in run_of(told, name).verdicts]
    (cause,) = diagnose(replace(run_of(""), verdicts=tuple(both))).causes

    assert set(cause.verdicts) == {verdict.id for verdict in both}


def slighter(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule without one of the things that it looks at."""
    for each in fields(Rule):
        if (
            each.name not in ("name", "owner", "confidence", "scope", "says")
            and getattr(rule, each.name) != each.default
        ):
            without: Any = {each.name: each.default}
            yield each.name, replace(rule, **without)


@cache
def diagnosed() -> tuple[tuple[Run, Diagnosis, tuple[Symptom, ...]], ...]:
    """Every run of the tables, what is found of it, and what it was found by."""
    told = dict.fromkeys([*(each for _, *both in CASES for each in both), *dict(RUNS)])
    return tuple((run, diagnose(run), tuple(symptoms(run.verdicts))) for run in map(run_of, told))


@pytest.mark.parametrize("number", range(len(RULES)), ids=[f"{n}-{each.name}" for n, each in enumerate(RULES)])
def test_everything_that_a_rule_looks_at_matters_to_some_run(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES[number]
    told = sorted(diagnosed(), key=lambda each: rule.name not in [cause.rule for cause in each[1].causes])

    def idle(*others: Rule) -> bool:
        """Whether nothing is found otherwise with these in its place, in the runs that one of them may speak of."""
        monkeypatch.setattr(diagnosis, "RULES", (*RULES[:number], *others, *RULES[number + 1 :]))
        able = (rule, *others)
        heard = ((run, found) for run, found, ill in told if any(one.fits(each) for one in able for each in ill))
        return all(diagnose(run) == found for run, found in heard)

    assert not idle(), "nobody would miss it"
    assert {name for name, other in slighter(rule) if idle(other)} <= REDUNDANT.get(rule.name, set())
