"""Faults of the login's pages: what stands in the way, what is slow or broken, and what an Action does."""

from sandbox import TOTP_SECRET, screens
from sandbox.answers import Answer, html_answer, page
from sandbox.faults.registry import FAMILIES, Family, Fault, Moment, before_the_start, on_answers
from sandbox.setup import Setup

PAGE_LATE = 4.0


def _prompt(name: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.prompts.append(name)

    return Fault(f"prompt={name}", f"Universal Login: the page {name} comes after the password.", set_up=set_up)


def _error(key: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.error_key = key

    return Fault(f"error-key={key}", f"Universal Login: every right password gets the error {key}.", set_up=set_up)


def _form(kind: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.login_form = kind

    return Fault(f"login-form={kind}", f"Universal Login: the login's form is {kind}.", set_up=set_up)


def _second_factor(_: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.second_factor = TOTP_SECRET

    return Fault("second-factor=asked", "Every login: a code of an authenticator app is asked for.", set_up=set_up)


for family in (
    Family("second-factor", "Every login: a code of an authenticator app.", ("asked",), _second_factor),
    Family("prompt", "Universal Login: this page comes after the password.", screens.SCREENS, _prompt),
    Family("error-key", "Universal Login: every right password gets this error.", screens.KEYS, _error),
    Family("login-form", "How the login is asked for.", ("identifier", "one-page", "classic"), _form),
):
    FAMILIES[family.name] = family


@before_the_start
def form_broken(setup: Setup) -> None:
    """Universal Login: a form comes after the password, and does not take its own answer (400)."""
    setup.prompts.append("custom-prompt")
    setup.form_breaks = True


@before_the_start
def captcha_shown(setup: Setup) -> None:
    """Universal Login: a captcha is shown beside the user's name."""
    setup.shows_captcha = True


@before_the_start
def action_redirects(setup: Setup) -> None:
    """Universal Login: an Action sends every login to another host."""
    setup.action_redirects = "https://survey.example/start"


@before_the_start
def action_denies(setup: Setup) -> None:
    """Universal Login: an Action denies every login."""
    setup.action_denies = ("access_denied", "Logins are closed until Monday")


@on_answers("prompt")
def login_page_slow(moment: Moment) -> Answer:
    """Universal Login: each page comes 4 s late."""
    if moment.question.method == "GET":
        moment.answer.late += PAGE_LATE
    return moment.answer


@on_answers("prompt")
def login_page_broken(moment: Moment) -> Answer:
    """Universal Login: its pages are 500."""
    return moment.replaced(html_answer(page("500", "Internal error"), 500))


@on_answers("prompt")
def login_page_blip(moment: Moment) -> Answer:
    """Universal Login: the first password that somebody types is answered by 503."""
    typed = moment.question.method == "POST" and "password" in moment.question.fields
    name = moment.question.text("username").encode()
    if not typed or name in moment.seen:
        return moment.answer
    moment.seen[name] = None
    return moment.replaced(html_answer(page("503", "Service Unavailable"), 503))


@before_the_start
def tokens_reused(setup: Setup) -> None:
    """Refresh tokens that were exchanged are taken again."""
    setup.forgives_reuse = True


@before_the_start
def rotation_off(setup: Setup) -> None:
    """Refresh tokens do not rotate: the exchange brings none."""
    setup.rotates = False


@before_the_start
def revocation_forgotten(setup: Setup) -> None:
    """Refresh tokens that are revoked are taken still."""
    setup.revokes_nothing = True


@before_the_start
def logout_forgotten(setup: Setup) -> None:
    """A logout leads back, and ends no session."""
    setup.logout_ends_nothing = True


@on_answers("device")
def device_code_missing(moment: Moment) -> Answer:
    """Devices that begin to log in are given no code for their user."""
    return moment.changed(user_code=None) if moment.well else moment.answer
