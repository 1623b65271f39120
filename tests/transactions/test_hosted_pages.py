"""A page of a login as a browser understands it: by HTML's own rules, and by the marks that Auth0's pages have."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from monitor.transactions import hosted_pages
from monitor.transactions.hosted_pages import Form, HostedPage

URL = "https://acme.example/u/login/password?state=S1"
SECRET = "a-secret-of-this-login"


def read(page: str, url: str = URL) -> HostedPage:
    return hosted_pages.read(url, page)


def form(inside: str, attributes: str = "") -> Form:
    """The form that has this inside."""
    (only,) = read(f"<form {attributes}>{inside}</form>").forms
    return only


def told(context: object) -> str:
    """A page that gives its scripts this."""
    return f"<script>window.universal_login_context = {json.dumps(context)};</script>"


def of_classic(settings: object) -> str:
    """A page with these settings, as Classic Login has them."""
    return f"<script>x = window.atob('{base64.b64encode(json.dumps(settings).encode()).decode()}')</script>"


class TestFields:
    @pytest.mark.parametrize(
        ("inside", "held"),
        [
            ("<input type=checkbox name=a checked>", {"a": "on"}),
            ("<input type=RADIO name=a CHECKED>", {"a": "on"}),
            ("<input type=checkbox name=a value=yes checked>", {"a": "yes"}),
            ("<input type=checkbox name=a value=yes>", {}),
            ("<input type=radio name=a>", {}),
            ("<input type=hidden name=a>", {"a": ""}),
            ("<input type=hidden name=a value=1>", {"a": "1"}),
            ("<input name=a>", {}),
            ("<input name=a value=1>", {"a": "1"}),
            ("<input name=a value=1 checked>", {"a": "1"}),
            ("<input name=a value=1 disabled>", {}),
            ("<input type=checkbox name=a value=1 checked disabled>", {}),
            ("<input value=1>", {}),
            ("<input name='' value=1>", {}),
            ("<textarea name=a value=1></textarea>", {}),
            ("<div name=a value=1></div>", {}),
            *[(f"<input type={each} name=a value=1>", {}) for each in ("submit", "button", "image", "reset", "file")],
        ],
    )
    def test_field_that_nobody_touched_is_sent_as_a_browser_does(self, inside: str, held: dict[str, str]) -> None:
        assert form(inside).held == held

    @pytest.mark.parametrize(
        ("inside", "held"),
        [
            ("<select name=a><option value=1><option value=2></select>", {"a": "1"}),
            ("<select name=a><option value=1><option value=2 selected><option value=3></select>", {"a": "2"}),
            ("<select name=a><option value=1 selected><option value=2></select>", {"a": "1"}),
            ("<select name=a><option value=1 disabled><option value=2></select>", {"a": "2"}),
            ("<select name=a><option>none<option value=2></select>", {"a": "2"}),
            ("<select name=a multiple><option value=1><option value=2></select>", {}),
            ("<select name=a multiple><option value=1><option value=2 selected></select>", {"a": "2"}),
            ("<select name=a disabled><option value=1></select>", {}),
            ("<select><option value=1></select>", {}),
            ("<select name=a></select><datalist><option value=1></datalist>", {}),
            ("<select name=a></select><select name=b><option value=1></select>", {"b": "1"}),
            ("<input name=b><datalist><option value=1></datalist>", {}),
        ],
    )
    def test_of_a_list_the_first_is_sent_unless_another_is_selected(self, inside: str, held: dict[str, str]) -> None:
        assert form(inside).held == held

    def test_list_ends_with_its_form(self) -> None:
        first, second = read("<form><select name=a></form><form><option value=1></form>").forms

        assert (first.held, second.held) == ({}, {})

    @pytest.mark.parametrize("kind", ["", "text", "email", "tel", "url", "search", "number", "password", "PASSWORD"])
    def test_field_that_somebody_writes_into_is_typed(self, kind: str) -> None:
        found = form(f"<input type='{kind}' name=a>")

        assert found.typed == found.names == {"a"}
        assert found.asks_password is (kind.lower() == "password")

    @pytest.mark.parametrize(
        "element",
        [
            *[f"<input type={each} name=a>" for each in ("hidden", "checkbox", "radio", "file", "reset", "button")],
            "<select name=a>",
        ],
    )
    def test_field_that_nobody_writes_into_is_a_field_all_the_same(self, element: str) -> None:
        found = form(element)

        assert not found.typed
        assert found.names == {"a"}
        assert not found.asks_password

    def test_text_of_several_lines_is_typed(self) -> None:
        assert form("<textarea name=a></textarea>").typed == {"a"}

    @pytest.mark.parametrize(
        "inside", ["<input type=password name=a><input name=b>", "<input name=b><input type=password name=a>"]
    )
    def test_password_is_asked_for_wherever_its_field_stands(self, inside: str) -> None:
        assert form(inside).asks_password

    def test_what_nobody_sees_is_told_apart(self) -> None:
        found = form("<input type=HIDDEN name=a value=1><input type=hidden name=c><input name=b value=2>")

        assert found.hidden == {"a": "1", "c": ""}
        assert found.held == {"a": "1", "b": "2", "c": ""}

    @pytest.mark.parametrize("element", ["<div name=a>", "<button type=button name=a>", "<input>", "<input name=''>"])
    def test_what_is_no_field_has_no_name(self, element: str) -> None:
        assert form(element).names == frozenset()

    def test_fields_of_no_form_are_none(self) -> None:
        page = read("<input name=a value=1><form><input name=b></form><input name=c><form><input name=d>")

        assert [each.names for each in page.forms] == [{"b"}, {"d"}]

    def test_form_ends_where_another_begins(self) -> None:
        page = read("<form><input name=a><form><input name=b></form></form><input name=c>")

        assert [each.names for each in page.forms] == [{"a"}, {"b"}]

    def test_nothing_of_what_a_page_holds_is_in_its_representation(self) -> None:
        hidden = form(f"<input type=hidden name=a value={SECRET}>")
        classic = read(of_classic({"auth0Tenant": "acme", "internalOptions": {"state": SECRET}}))

        assert hidden.hidden["a"] == SECRET
        assert classic.classic["internalOptions"] == {"state": SECRET}
        assert SECRET not in repr(hidden) + repr(classic)


class TestButtons:
    @pytest.mark.parametrize(
        "button",
        [
            "<button name=action value=go>",
            "<button type='' name=action value=go>",
            "<button type=SUBMIT name=action value=go>",
            "<input type=submit name=action value=go>",
            "<input type=image name=action value=go>",
        ],
    )
    def test_button_that_sends_the_form_is_known_by_its_action(self, button: str) -> None:
        found = form(button, "action=/here")

        assert found.buttons == {"go": "https://acme.example/here"}
        assert found.names == frozenset()

    @pytest.mark.parametrize(
        "button",
        [
            "<button type=button name=action value=go formaction=/x>",
            "<button type=reset name=action value=go formaction=/x>",
            "<input type=button name=action value=go formaction=/x>",
            "<input type=reset name=action value=go formaction=/x>",
            "<input type=text name=action value=go formaction=/x>",
            "<a type=submit name=action value=go formaction=/x>",
        ],
    )
    def test_what_sends_nothing_is_no_button(self, button: str) -> None:
        found = form(button, "action=/here")

        assert found.buttons == {}
        assert found.action == "https://acme.example/here"

    def test_button_of_another_name_has_no_action(self) -> None:
        assert form("<button name=other value=go><button value=gone>").buttons == {}

    def test_button_without_a_value_says_nothing(self) -> None:
        assert form("<button name=action>", "action=/here").buttons == {"": "https://acme.example/here"}

    def test_of_two_buttons_with_one_action_the_first_counts(self) -> None:
        found = form("<button name=action value=go formaction=/a><button name=action value=go formaction=/b>")

        assert found.buttons == {"go": "https://acme.example/a"}

    @pytest.mark.parametrize(
        ("buttons", "action"),
        [
            ("", "/here"),
            ("<button formaction=/first><button formaction=/second>", "/first"),
            ("<button><button formaction=/second>", "/here"),
            ("<button formaction=''>", "/here"),
        ],
    )
    def test_form_is_sent_where_the_first_button_leads_which_is_that_of_the_enter_key(
        self, buttons: str, action: str
    ) -> None:
        assert form(buttons, "action=/here").action == f"https://acme.example{action}"


class TestAddresses:
    @pytest.mark.parametrize(
        ("page", "action"),
        [
            ("<form>", URL),
            ("<form action='  '>", URL),
            ("<form action=next>", "https://acme.example/u/login/next"),
            ("<form action=' /next '>", "https://acme.example/next"),
            ("<form action='?a=1'>", "https://acme.example/u/login/password?a=1"),
            ("<form action=//other.example/x>", "https://other.example/x"),
            ("<form action='https://['>", ""),
            ("<base href=/a/><form action=next>", "https://acme.example/a/next"),
            ("<base href=/a/><base href=/b/><form action=next>", "https://acme.example/a/next"),
            ("<base target=_top><base href=/b/><form action=next>", "https://acme.example/b/next"),
            ("<base href=/a/><form>", URL),
            ("<a href=/a/></a><link href=/b/><form action=next>", "https://acme.example/u/login/next"),
            ("<base href=/a/><form><button formaction=next>", "https://acme.example/a/next"),
            ("<base href=/a/><form><button formaction=' '>", URL),
            ("<template><base href=/a/></template><form action=next>", "https://acme.example/u/login/next"),
        ],
    )
    def test_form_leads_where_a_browser_would_send_it(self, page: str, action: str) -> None:
        (only,) = read(page).forms

        assert only.action == action

    @pytest.mark.parametrize(
        ("address", "leads_to"),
        [
            ("", URL),
            (" ", URL),
            ("https://[", ""),
            ("#top", f"{URL}#top"),
            (" callback?code=1", "https://acme.example/u/login/callback?code=1"),
        ],
    )
    def test_address_on_a_page_leads_somewhere_or_nowhere(self, address: str, leads_to: str) -> None:
        assert hosted_pages.resolved(URL, address) == leads_to

    @pytest.mark.parametrize(
        ("address", "given"),
        [
            ("https://acme.example/x?a=1&b=2", {"a": "1", "b": "2"}),
            ("https://acme.example/x#a=1&b=2", {"a": "1", "b": "2"}),
            ("https://acme.example/x?a=1#b=2", {"a": "1", "b": "2"}),
            ("https://acme.example/x?a=1#a=2", {"a": "1"}),
            ("https://acme.example/#/route?a=1", {"a": "1"}),
            ("https://acme.example/#/one?b=1/two?a=1", {"a": "1"}),
            ("https://acme.example/", {}),
            ("https://[?a=1", {}),
        ],
    )
    def test_address_has_parameters_before_and_behind_its_fragment(self, address: str, given: dict[str, str]) -> None:
        assert hosted_pages.parameters(address) == given


class TestChoiceAmongForms:
    MAIN = "<form data-form-primary=True action=/main><input name=state><input name=user></form>"
    PLAIN = "<form action=/plain><input name=state><input name=user></form>"
    SECOND = "<form action=/second><input name=state><input name=user></form>"
    OTHERS = (
        "<form data-form-secondary action=/other><input name=state><input name=user></form>",
        "<form data-provider=x action=/other><input name=state><input name=user></form>",
        "<form action=/other><input name=state><input name=user><input type=hidden name=connection></form>",
        "<form data-form-primary=false data-form-secondary action=/other><input name=state><input name=user></form>",
    )

    @staticmethod
    def chosen(page: str) -> set[str]:
        """Where the form leads that is chosen by a field, by what is typed, and by any of it."""
        read_ = read(page)
        found = (read_.form("state"), read_.form_to_type_into("user"), read_.form_to_type_into())
        return {each.action.rpartition("/")[2] for each in found if each}

    @pytest.mark.parametrize("other", OTHERS)
    def test_other_ways_to_go_on_come_last(self, other: str) -> None:
        for page in (other + self.PLAIN, self.PLAIN + other):
            assert self.chosen(page) == {"plain"}
        assert self.chosen(other) == {"other"}

    def test_main_form_comes_first_and_the_first_of_its_kind_next(self) -> None:
        assert self.chosen(self.PLAIN + self.MAIN) == {"main"}
        assert self.chosen(self.PLAIN + self.SECOND) == {"plain"}

    def test_main_form_may_have_a_connection(self) -> None:
        with_connection = self.MAIN.replace("</form>", "<input type=hidden name=connection></form>")

        assert self.chosen(self.PLAIN + with_connection) == {"main"}

    def test_form_needs_all_of_the_fields(self) -> None:
        page = read("<form action=/a><input name=a></form><form action=/b><input name=a><input name=b></form>")
        found = page.form("a", "b")

        assert found is not None
        assert found.action == "https://acme.example/b"
        assert page.form("a", "c") is None

    def test_form_to_type_into_has_one_of_the_fields_for_somebody_to_write_into(self) -> None:
        page = read(
            "<form action=/a><input type=hidden name=a></form>"
            "<form action=/b><input name=b></form><form action=/c><input name=a></form>"
        )
        found, any_ = page.form_to_type_into("a", "z"), page.form_to_type_into()

        assert found is not None
        assert found.action == "https://acme.example/c"
        assert any_ is not None
        assert any_.action == "https://acme.example/b"
        assert page.form_to_type_into("z") is None
        assert read("<form><input type=hidden name=a>").form_to_type_into() is None

    def test_form_with_a_button_is_the_first_that_has_it(self) -> None:
        page = read(
            "<form action=/a><button name=action value=x></form>"
            "<form action=/b><button name=action value=y></form><form action=/c><button name=action value=y></form>"
        )
        found = page.form_with_button("y")

        assert found is not None
        assert found.action == "https://acme.example/b"
        assert page.form_with_button("z") is None


class TestNames:
    @pytest.mark.parametrize(
        ("path", "screen"),
        [
            ("/u/login", "login"),
            ("/u/login/", "login"),
            ("/u/login/identifier", "login-id"),
            ("/u/signup/identifier", "signup-id"),
            ("/u/login/password", "login-password"),
            ("/u/login/password/more", "login-password"),
            ("/u/mfa-otp-challenge", "mfa-otp-challenge"),
            ("/u/custom-prompt/ap_Q1w2", "custom-prompt"),
            ("/u/login/Identifier", ""),
            ("/u", ""),
            ("/", ""),
            ("/x/login", ""),
            ("/login", ""),
            ("/decision", "consent"),
            ("/decision/again", "consent"),
            ("/mf", "mfa-login-options"),
        ],
    )
    def test_page_is_known_by_its_address(self, path: str, screen: str) -> None:
        assert read("<p>", f"https://acme.example{path}?state=S").screen == screen

    @pytest.mark.parametrize(
        ("context", "screen"),
        [
            ({"screen": {"name": "consent"}}, "consent"),
            ({"screen": {"name": "No Name"}}, "login-password"),
            ({"screen": {"name": 1}}, "login-password"),
            ({"screen": "consent"}, "login-password"),
            ({}, "login-password"),
        ],
    )
    def test_name_that_its_scripts_are_given_comes_before_the_address(self, context: object, screen: str) -> None:
        assert read(told(context)).screen == screen

    @pytest.mark.parametrize(
        "script",
        [
            'universal_login_context={"screen": {"name": "consent"}}',
            'window.universal_login_context = {"screen": {"name": "consent"}, "a": {"b": [1]}}; more();',
            'window["universal_login_context"] = {"screen": {"name": "consent"}}',
            'window[\'universal_login_context\'] = {"screen": {"name": "consent"}}',
            'universal_login_context = JSON.parse("{\\"screen\\": {\\"name\\": \\"consent\\"}}")',
            'universal_login_context = JSON.parse( "{\\"screen\\": {\\"name\\": \\"consent\\"}}" )',
        ],
    )
    def test_what_scripts_are_given_is_read_however_it_is_written(self, script: str) -> None:
        page = read(f"<script>{script}</script>")

        assert (page.screen, page.is_hosted, page.is_scripted) == ("consent", True, True)

    @pytest.mark.parametrize(
        "script",
        [
            "universal_login_context = {not json",
            'universal_login_context = JSON.parse("[1]")',
            'universal_login_context = JSON.parse("{")',
            "universal_login_context = {" + '"a": {' * 100_000,
            "universal_login_context = Object.freeze({})",
        ],
        ids=["no-json", "list", "cut", "deep", "frozen"],
    )
    def test_what_cannot_be_read_of_it_is_not_there(self, script: str) -> None:
        page = read(f"<script>{script}</script>")

        assert (page.screen, page.keys, page.is_hosted, page.is_scripted) == ("login-password", (), False, True)

    def test_page_without_scripts_of_its_own_is_not_scripted(self) -> None:
        assert not read("<form><input name=a>").is_scripted


class TestMarks:
    @pytest.mark.parametrize(
        ("page", "is_hosted"),
        [
            ("<meta name=ulp-version content=1>", True),
            ("<META NAME=ulp-version CONTENT=1><meta name=viewport>", True),
            (told({"a": 1}), True),
            ("<p name=ulp-version>", False),
            ("<meta name=viewport>", False),
            ("<meta>", False),
            ("<template><meta name=ulp-version></template>", False),
        ],
    )
    def test_page_of_universal_login_is_known_by_its_marks(self, page: str, *, is_hosted: bool) -> None:
        assert read(page).is_hosted is is_hosted

    @pytest.mark.parametrize(
        ("page", "has_captcha"),
        [
            ("<div class='a ulp-captcha-container b'></div><p>", True),
            ("<div data-captcha-provider=recaptcha_v2></div><p>", True),
            ("<div id=ulp-auth0-v2-captcha></div><p>", True),
            ("<input name=captcha><p>", True),
            (told({"screen": {"captcha": {"provider": "auth0"}}}), True),
            (told({"screen": {"captcha": None}}), False),
            (told({"captcha": {"provider": "auth0"}}), False),
            ("<div class=ulp-captcha-container-of-none></div>", False),
            ("<div id=captcha class=captcha></div>", False),
            ("<template><input name=captcha></template>", False),
            ("<noscript><div data-captcha-provider=x></div></noscript>", False),
        ],
    )
    def test_captcha_is_known_by_its_marks(self, page: str, *, has_captcha: bool) -> None:
        assert read(page).has_captcha is has_captcha

    @pytest.mark.parametrize(
        ("page", "keys"),
        [
            ("<p data-error-code=a-key>", ("a-key",)),
            ("<p data-error-code=' a-key '>", ("a-key",)),
            ("<p data-error-code=b><p data-error-code=a><p data-error-code=b>", ("b", "a")),
            ("<p data-error-code=a hidden>", ()),
            ("<p data-error-code>", ()),
            ("<p data-error-code='No key'>", ()),
            ("<p data-error-code=a-key-><p data-error-code=-a>", ()),
            ("<template><p data-error-code=a></template><p data-error-code=b>", ("b",)),
            ("<noscript><p data-error-code=a></noscript><p data-error-code=b>", ("b",)),
            ("<template><template></template><p data-error-code=a></template><p data-error-code=b>", ("b",)),
            ("</template></noscript><p data-error-code=b><template><p data-error-code=a></template>", ("b",)),
            ("<div><p></div></p><p data-error-code=b>", ("b",)),
            ("<!-- <p data-error-code=a> --><p data-error-code=b>", ("b",)),
            ("<![if IE]><p data-error-code=b>", ("b",)),
            ("<![if <p data-error-code=a><p data-error-code=b>", ("b",)),
            (told({"transaction": {"errors": [{"code": "c"}, {"code": "No key"}, 1, {}]}}), ("c",)),
            ("<p data-error-code=a>" + told({"transaction": {"errors": [{"code": "c"}, {"code": "a"}]}}), ("a", "c")),
            (told({"transaction": {"errors": {"code": "c"}}}), ()),
            (told({"errors": [{"code": "c"}]}), ()),
        ],
    )
    def test_errors_of_a_page_are_the_keys_that_somebody_sees_each_once(self, page: str, keys: tuple[str, ...]) -> None:
        assert read(page).keys == keys

    def test_forms_that_nobody_sees_are_none(self) -> None:
        hidden = "<template><form><input name=a></form></template><noscript><form><input name=b></form></noscript>"
        page = read(f"{hidden}<form><input name=c><template></form><input name=d></template><input name=e></form>")

        assert [each.names for each in page.forms] == [{"c", "e"}]


class TestClassic:
    @pytest.mark.parametrize(
        "settings",
        [
            {"internalOptions": {"state": "S"}},
            {"auth0Tenant": "acme-of-europe"},
            {"callbackURL": "https://app.example"},
        ],
        ids=["options", "tenant", "callback"],
    )
    def test_page_is_known_by_any_of_its_settings(self, settings: dict[str, Any]) -> None:
        assert read(of_classic({"a": "of another script"}) + of_classic(settings)).classic == settings

    @pytest.mark.parametrize(
        "page",
        [
            of_classic(["auth0Tenant", "internalOptions"]),
            of_classic({"a": "of another script"}),
            "<script>atob('AAAAAAAAAAAAAAAA')</script>",
            "<script>atob('AAAAA=AAAAAAAAAAA')</script>",
            f"<script>atob('{base64.b64encode(b'[' * 100_000).decode()}')</script>",
            "<meta name=ulp-version>" + of_classic({"auth0Tenant": "acme-of-europe"}),
        ],
        ids=["list", "other", "no-json", "no-base64", "deep", "universal-login"],
    )
    def test_page_without_them_is_none(self, page: str) -> None:
        assert read(page).classic == {}

    def test_what_is_none_does_not_hide_what_is(self) -> None:
        page = read("<script>atob('AAAAA=AAAAAAAAAAA')</script>" + of_classic({"auth0Tenant": "acme-of-europe"}))

        assert page.classic == {"auth0Tenant": "acme-of-europe"}
        assert not page.is_hosted
