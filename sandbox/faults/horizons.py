"""Faults of what ends on a day: certificates, metadata, and the tenant's two domains."""

from sandbox.faults.registry import FAMILIES, Family, Fault, before_the_start
from sandbox.setup import A_DAY, Setup


def _metadata(kind: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.idp_metadata = kind

    return Fault(f"idp-metadata={kind}", f"The identity provider: its metadata is {kind}.", set_up=set_up)


FAMILIES["idp-metadata"] = Family(
    "idp-metadata",
    "The identity provider: its metadata is like this.",
    ("html", "bomb", "external", "huge", "several", "broken"),
    _metadata,
)


@before_the_start
def signing_certificate_expiring(setup: Setup) -> None:
    """/.well-known/jwks.json: the certificate of the signing key ends in nine days."""
    setup.signing_certificate_ends_in = 9 * A_DAY


@before_the_start
def saml_metadata_old(setup: Setup) -> None:
    """/samlp/metadata: the certificate is that of a key that nobody publishes any more."""
    setup.saml_metadata_is_old = True


@before_the_start
def idp_certificate_expiring(setup: Setup) -> None:
    """The identity provider: the certificate in its metadata ends in nine days."""
    setup.idp_certificates_end_in = (9 * A_DAY,)


@before_the_start
def idp_certificate_expired(setup: Setup) -> None:
    """The identity provider: the certificate in its metadata ended three days ago."""
    setup.idp_certificates_end_in = (-3 * A_DAY,)


@before_the_start
def idp_certificate_renewed(setup: Setup) -> None:
    """The identity provider: a second certificate is there for the one that ends in nine days."""
    setup.idp_certificates_end_in = (9 * A_DAY, 700 * A_DAY)


@before_the_start
def canonical_domain_down(setup: Setup) -> None:
    """The canonical domain: 500 for everything but the Management API, while the custom domain is well."""
    setup.canonical_domain = "down"


@before_the_start
def canonical_domain_blocked(setup: Setup) -> None:
    """The canonical domain: 403 for everything but the Management API, by an access list."""
    setup.canonical_domain = "blocked"


@before_the_start
def custom_domain_down(setup: Setup) -> None:
    """The custom domain: every connection is reset, while the canonical domain is well."""
    setup.custom_domain_is_up = False
