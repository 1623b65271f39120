"""Faults of how the tenant is set up: its certificate, its directories, whom it lets in."""

from sandbox.faults.registry import before_the_start
from sandbox.setup import A_DAY, Setup


@before_the_start
def certificate_expired(setup: Setup) -> None:
    """The certificate, which the nodes show too, expired a day ago."""
    setup.certificate_ends_in = -A_DAY


@before_the_start
def certificate_expiring(setup: Setup) -> None:
    """The certificate expires in five days."""
    setup.certificate_ends_in = 5 * A_DAY


@before_the_start
def certificate_wrong_name(setup: Setup) -> None:
    """The certificate, which the nodes show too, is other.example's."""
    setup.certificate_names = ("other.example",)


@before_the_start
def certificate_incomplete(setup: Setup) -> None:
    """The certificate, which the nodes show too, comes without that of the authority that issued it."""
    setup.certificate_is_whole = False


@before_the_start
def keys_rotated(setup: Setup) -> None:
    """The signing key was rotated as it should be: the next one is published beside it, and signs."""
    setup.keys_are_rotated = True


@before_the_start
def default_directory_missing(setup: Setup) -> None:
    """The grant password: 500 server_error, the tenant has no default directory."""
    setup.default_directory = None


@before_the_start
def custom_database_down(setup: Setup) -> None:
    """Logins through custom-users: 500 server_error, the script cannot reach its database."""
    setup.custom_database_is_up = False


@before_the_start
def stranger_may_enter(setup: Setup) -> None:
    """Users who do not exist, and wrong passwords, are let in."""
    setup.lets_strangers_in = True


@before_the_start
def wrong_secret_accepted(setup: Setup) -> None:
    """Any client secret is accepted."""
    setup.accepts_any_secret = True


@before_the_start
def userinfo_accepts_tampered(setup: Setup) -> None:
    """/userinfo: any access token is accepted."""
    setup.accepts_any_access_token = True


@before_the_start
def anyone_may_enter(setup: Setup) -> None:
    """Strangers, any client secret and any access token are accepted."""
    setup.lets_strangers_in = setup.accepts_any_secret = setup.accepts_any_access_token = True


@before_the_start
def node_down(setup: Setup) -> None:
    """Nobody listens on the first node."""
    setup.silent_nodes.add("node-1")


@before_the_start
def access_token_opaque(setup: Setup) -> None:
    """Access tokens are opaque, also where an API was asked for."""
    setup.access_tokens = "opaque"


@before_the_start
def access_token_hs256(setup: Setup) -> None:
    """Access tokens are signed by HS256, with the API's own secret."""
    setup.access_tokens = "HS256"


@before_the_start
def access_token_forged(setup: Setup) -> None:
    """Access tokens are signed by a key that is not published, under the id of one that is."""
    setup.access_tokens = "forged"


@before_the_start
def access_token_other_api(setup: Setup) -> None:
    """Access tokens are meant for another API than the one that was asked for."""
    setup.access_tokens = "other-api"


@before_the_start
def access_token_expired(setup: Setup) -> None:
    """Access tokens were issued two days ago and expired a day ago."""
    setup.access_tokens = "expired"
