"""What a preview showed goes along in its buttons: an older preview does not publish what a newer one shows."""

import json
from dataclasses import replace
from hashlib import sha256

from markupsafe import Markup

from chat.message import Message
from db.audiences import to_json
from db.drafts import Draft
from handlers.audiences.choosing import Chosen
from handlers.context import Context
from handlers.forms import reading

LENGTH = 8  # characters: a button has room for 55


def shown(draft: Draft, aimed: Chosen) -> str:
    """The draft and what its preview shows of it, "12:0a1b2c3d"; another one when an answer or the audience is."""
    said = json.dumps([draft.answers, to_json(aimed.target.audience)], sort_keys=True)
    return f"{draft.id}:{sha256(said.encode()).hexdigest()[:LENGTH]}"


async def changed_since(ctx: Context, draft: Draft) -> Message:
    """The preview as it is now, where the pressed one showed something else."""
    finished = ctx.routes.forms[draft.form]
    fresh = await finished.route.handle(ctx, draft, reading.finished(finished.form, draft))
    assert isinstance(fresh, Message), "a preview is one"
    text = ctx.t("That has changed since. This is how it is now:") + Markup("\n\n") + fresh.text
    return replace(fresh, text=text)
