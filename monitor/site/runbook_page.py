"""runbook.html: the whole runbook as a page of the site, with an anchor for each cause, so that alerts can link it."""

from __future__ import annotations

from markupsafe import Markup, escape

from monitor import NAME
from monitor.reports import runbook

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="{generator}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Runbook</title>
<style>
{style}</style>
</head>
<body>
<header><p class="what">Login through Auth0: synthetic monitoring</p><nav aria-label="Pages"><a href="index.html">Status page</a></nav></header>
<main>
<h1>Runbook</h1>
<p>For each cause that a run can name: what it means, what to look at, whom to call, and how to confirm it.</p>
"""  # noqa: E501 - it is a page


def render(style: str) -> str:
    """The page; empty where this installation has no runbook. Only links to other sites are links in it."""
    names = runbook.names()
    if not names:
        return ""
    parts = [_HEAD.format(generator=escape(NAME), style=style)]
    parts += ['<nav aria-label="Causes"><ul class="sections">']
    parts += [f'<li><a href="#{escape(name)}">{escape(name)}</a></li>' for name in names]
    parts += ["</ul></nav>"]
    for name in names:
        section = Markup(runbook.section(f"{runbook.RUNBOOK}#{name}"))  # noqa: S704 - our own text, by our own renderer
        parts.append(f'<section><h2 id="{escape(name)}">{escape(name)}</h2>\n{section}</section>')
    return "\n".join([*parts, "</main>", "</body>", "</html>", ""])
