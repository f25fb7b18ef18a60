"""Talks with people: reads what they do, lets it be handled, and shows what is answered."""

import asyncio
import logging
from dataclasses import replace

import aiohttp
import discord
from markupsafe import escape

from bot.discord_bot import files, payloads
from bot.discord_bot.answering import Answer, without_form
from bot.discord_bot.private import PrivateChannels
from bot.discord_bot.reading import (
    Asked,
    address,
    event,
    is_direct,
    private_chat,
    read_interaction,
    read_private_text,
    with_text,
    without_mention,
)
from bot.discord_bot.rest import Rest, RestError
from bot.discord_bot.sender import DiscordSender
from bot.dispatch import Dispatch
from bot.pacing import Pace
from chat.address import Address
from chat.message import Button, Message, Reply
from chat.request import Event, Kind, Request
from chat.sending import NotSent, Outgoing, Paused, SendError, Uncertain, Unreachable
from db import discord_chats
from texts import Translator, translator

log = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
OTHERS_SEE = "/vecka"
LONGEST_WAIT = 30.0  # seconds for which an answer in direct messages waits for a limit


class Conversation:
    """Interactions, direct messages and mentions."""

    def __init__(
        self, dispatch: Dispatch, rest: Rest, sender: DiscordSender, private: PrivateChannels, pace: Pace
    ) -> None:
        """`pace` is asked before each message that is no answer to an interaction: those are not limited."""
        self._dispatch, self._rest, self._sender, self._private, self._pace = dispatch, rest, sender, private, pace
        self._key = dispatch.keys.buttons

    async def interaction(self, interaction: discord.Interaction) -> None:
        """A slash command, a press or a filled-in page is answered."""
        asked = read_interaction(interaction, self._key)
        if interaction.channel is not None and is_direct(interaction):
            self._private.remember(str(interaction.user.id), str(interaction.channel.id))
        if asked.request.kind is Kind.PRESS and asked.request.route == payloads.ASKS:
            asked = await self._asked_again(asked)
        shown = self._dispatch.shown(asked.request)
        answer = Answer(self._rest, asked, shown, self._key)
        if answer.hidden and asked.request.kind is Kind.COMMAND:
            asked = replace(asked, request=replace(asked.request, own_message=True))
        reply = await self._dispatch.handle(asked.request) or Reply()
        await self._show(asked, answer, reply)

    async def _show(self, asked: Asked, answer: Answer, reply: Reply) -> None:
        if reply.form is not None and not answer.can_open:
            reply = without_form(reply, self._go_on(asked.request, reply))
        after = await self._test(asked.request, reply)
        if after is not None:
            shown_too = tuple(one for one in (after.message, *after.also) if one)
            reply = replace(reply, also=reply.also + shown_too) if reply.message else after
        await answer.show(reply)

    def _go_on(self, request: Request, reply: Reply) -> Message:
        """The way into a page that can only be opened by a press."""
        assert reply.form is not None
        t = self._translator(request)
        button = Button(t.plain("Continue"), "form.page", reply.form.argument)
        return Message.of(escape(reply.form.title), button)

    def _translator(self, request: Request) -> Translator:
        installation = self._dispatch.installation
        return translator(request.language[:2], installation.zone, default=installation.language)

    async def _asked_again(self, asked: Asked) -> Asked:
        """The press as the question in the message that it points at, answered to the presser alone.

        Somebody else's words are not the presser's to answer for: who did not write it is shown the week.
        """
        request = asked.request
        path = f"/channels/{request.chat.address.id}/messages/{request.argument}"
        try:
            found = await self._rest.call("GET", path, bucket=f"GET {request.chat.address.id}")
        except (RestError, aiohttp.ClientError, TimeoutError):
            found = {"content": ""}
        text = without_mention(str(found["content"]), asked.application)
        if found.get("author", {}).get("id") != (request.sender.id if request.sender else None):
            text = OTHERS_SEE
        told = replace(request, kind=Kind.TEXT, route="", argument="", own_message=True)
        return replace(asked, request=with_text(told, text), pressed=False)

    async def _test(self, request: Request, reply: Reply) -> Reply | None:
        """A direct message is tried right away; what the handler says of the outcome."""
        sender = request.sender
        if reply.test_message is None or sender is None:
            return None
        outgoing = Outgoing(sender, True, reply.test_message, f"test-{request.message[-19:]}")
        outcome = await self._outcome(outgoing)
        told = event(outcome, private_chat(int(sender.id)), int(sender.id), request.sender_name)
        return await self._dispatch.handle(replace(told, language=request.language, forms=request.forms))

    async def _outcome(self, outgoing: Outgoing) -> Event:
        """What is known of a test message: only Discord's own refusal says that the person is out of reach."""
        try:
            return Event.UNBLOCKED if await self._delivered(outgoing) else Event.UNTRIED
        except SendError as error:
            log.info("a test message did not arrive: %s", error)
            return Event.BLOCKED if isinstance(error, Unreachable) else Event.UNTRIED

    async def message(self, message: discord.Message, bot: int) -> None:
        """A direct message is answered; a mention in a bound channel gets a button that answers privately."""
        if message.guild is None:
            await self._private_text(message)
        elif any(one.id == bot for one in message.mentions):
            await self._mention(message)

    async def _private_text(self, message: discord.Message) -> None:
        request = read_private_text(message)
        self._private.remember(str(message.author.id), str(message.channel.id))
        most = await self._dispatch.fetches(request)
        if most:
            request = await self._with_file(request, message.attachments[0].url, most)
        reply = await self._dispatch.handle(request)
        if reply is None:
            return
        messages = [one for one in (reply.message, *reply.also) if one]
        for place, one in enumerate(messages):
            await self._say(Outgoing(request.chat.address, True, one, f"r{message.id}.{place}"))
        after = await self._test(request, reply)
        if after is not None and after.message is not None:
            await self._say(Outgoing(request.chat.address, True, after.message, f"t{message.id}"))

    async def _with_file(self, request: Request, url: str, most: int) -> Request:
        """The request with the content of its file, as far as it can be had."""
        assert request.attachment is not None, "somebody takes it"
        content = await files.fetch(url, most, self._rest.url)
        return replace(request, attachment=replace(request.attachment, content=content))

    async def _mention(self, message: discord.Message) -> None:
        place = address(message.channel.id)
        if not await self._is_bound(place):
            return
        installation = self._dispatch.installation
        t = translator(installation.language, installation.zone)
        ask = Button(t.plain("Show me"), payloads.ASKS, str(message.id))
        text = t("Press and I answer, only you can see it.")
        await self._say(Outgoing(place, False, Message(text, ((ask,),), silent=True), f"m{message.id}"))

    async def _is_bound(self, place: Address) -> bool:
        async with self._dispatch.database.read() as session:
            return bool(await discord_chats.bound_among(session, self._dispatch.keys, [place]))

    async def _say(self, outgoing: Outgoing) -> None:
        """One message outside an interaction; effects are promised, replies are not."""
        try:
            if not await self._delivered(outgoing):
                log.warning("an answer was not sent: Discord could not be reached, or asked to wait")
        except SendError as error:
            log.warning("an answer was not sent: %s: %s", type(error).__name__, error)

    async def _delivered(self, outgoing: Outgoing) -> bool:
        """True when it went, at the second try if need be; a SendError when it never will."""
        pause = await self._sent(outgoing)
        if pause is None or pause > LONGEST_WAIT:
            return pause is None
        await asyncio.sleep(pause)
        return await self._sent(outgoing) is None

    async def _sent(self, outgoing: Outgoing) -> float | None:
        """None when it went; else after how many seconds it may be tried again: the nonce makes that safe."""
        await self._pace.before_reply(outgoing.address, private=outgoing.private)
        try:
            await self._sender.send(outgoing)
        except Paused as early:
            return early.seconds
        except (NotSent, Uncertain):
            return AGAIN_SECONDS
        return None
