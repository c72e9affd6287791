"""The official OpenAI client for Python against a running platform. One line per check; exit code 1 if one fails.

Environment: OPENAI_BASE_URL, OPENAI_API_KEY, MODEL.
"""
import asyncio
import os
import sys
import traceback

import openai

MODEL = os.environ["MODEL"]
QUESTION = [{"role": "user", "content": "What is the capital of France? Answer in one sentence."}]
CHECKS = []

client = openai.OpenAI(max_retries=0, timeout=120)


def check(function):
    CHECKS.append(function)
    return function


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}")


@check
def models_are_listed():
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).object == "model"


@check
def chat_answers():
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, temperature=0)
    choice = answer.choices[0]
    assert answer.object == "chat.completion" and answer.id.startswith("chatcmpl-"), answer
    assert "France" in choice.message.content or "Paris" in choice.message.content, choice
    assert choice.message.role == "assistant" and choice.finish_reason == "stop", choice
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens, answer.usage
    assert answer.usage.prompt_tokens > 5 and answer.usage.completion_tokens > 1, answer.usage


@check
def stream_adds_up_to_the_answer():
    whole = client.chat.completions.create(model=MODEL, messages=QUESTION, temperature=0, max_tokens=24)
    text, reasons, usage, roles = "", [], None, []
    for chunk in client.chat.completions.create(model=MODEL, messages=QUESTION, temperature=0, max_tokens=24,
                                                stream=True, stream_options={"include_usage": True}):
        assert chunk.object == "chat.completion.chunk", chunk
        if chunk.usage:
            assert chunk.choices == [], chunk
            usage = chunk.usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            roles += [choice.delta.role] if choice.delta.role else []
            reasons += [choice.finish_reason] if choice.finish_reason else []
    assert text == whole.choices[0].message.content, (text, whole)
    assert reasons == [whole.choices[0].finish_reason] and roles == ["assistant"], (reasons, roles)
    assert usage == whole.usage, (usage, whole.usage)


@check
def stream_without_usage_has_none():
    chunks = list(client.chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=4, stream=True))
    assert all(chunk.usage is None for chunk in chunks), chunks


@check
def n_gives_so_many_choices():
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, n=3, seed=7, temperature=1.5, max_tokens=16)
    assert [choice.index for choice in answer.choices] == [0, 1, 2], answer
    assert len({choice.message.content for choice in answer.choices}) > 1, answer
    seen = set()
    for chunk in client.chat.completions.create(model=MODEL, messages=QUESTION, n=3, max_tokens=4, stream=True):
        seen |= {choice.index for choice in chunk.choices}
    assert seen == {0, 1, 2}, seen


@check
def stop_ends_the_answer_before_the_stop_string():
    ask = dict(model=MODEL, prompt="1, 2, 3, 4, 5, 6, 7,", temperature=0, max_tokens=24)
    free = client.completions.create(**ask).choices[0].text
    stop = free[8:11]
    cut = client.completions.create(**ask, stop=[stop, "never to be seen"]).choices[0]
    assert cut.text == free[:free.index(stop)] and cut.finish_reason == "stop", (free, stop, cut)


@check
def seed_repeats_the_draw():
    def draw(seed):
        return client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Tell me a story."}],
                                              seed=seed, temperature=1.2, max_tokens=24).choices[0].message.content
    assert draw(11) == draw(11)
    assert draw(11) != draw(12)


@check
def logprobs_describe_the_tokens():
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, temperature=0, max_tokens=16, logprobs=True,
                                            top_logprobs=5).choices[0]
    tokens = answer.logprobs.content
    assert tokens and all(token.logprob <= 0 and len(token.top_logprobs) == 5 for token in tokens), tokens
    assert all(token.top_logprobs[0].logprob == max(other.logprob for other in token.top_logprobs) for token in tokens)
    assert all(token.logprob == token.top_logprobs[0].logprob for token in tokens), tokens  # equal tokens may tie
    spelled = b"".join(bytes(token.bytes or []) for token in tokens).decode()
    assert answer.message.content in spelled, (answer.message.content, spelled)
    plain = client.chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=2)
    assert plain.choices[0].logprobs is None, plain


@check
def completions_take_every_form_of_prompt():
    def texts(prompt):
        answer = client.completions.create(model=MODEL, prompt=prompt, temperature=0, max_tokens=6)
        assert answer.object == "text_completion" and answer.id.startswith("cmpl-"), answer
        return [choice.text for choice in sorted(answer.choices, key=lambda choice: choice.index)]

    def tokens(text):
        return client.post("/tokenize", body={"model": MODEL, "prompt": text}, cast_to=dict)["tokens"]
    first, second = "The sun rises in the", "One plus one is"
    one, two = texts(first), texts(second)
    assert len(one) == 1 and texts([first, second]) == one + two
    assert texts(tokens(first)) == one and texts([tokens(first), tokens(second)]) == one + two


@check
def echo_gives_the_prompt_back_with_its_logprobs():
    choice = client.completions.create(model=MODEL, prompt="The sun rises in the", echo=True, logprobs=3, max_tokens=4,
                                       temperature=0).choices[0]
    assert choice.text.startswith("The sun rises in the"), choice
    logprobs = choice.logprobs
    assert logprobs.token_logprobs[0] is None and all(value <= 0 for value in logprobs.token_logprobs[1:]), logprobs
    assert len(logprobs.tokens) == len(logprobs.token_logprobs) == len(logprobs.text_offset) == len(logprobs.top_logprobs)
    assert all(len(top) >= 3 for top in logprobs.top_logprobs[1:]), logprobs


@check
def logit_bias_bans_a_token():
    free = client.completions.create(model=MODEL, prompt="The sun rises in the", temperature=0, max_tokens=1,
                                     extra_body={"return_token_ids": True}).choices[0]
    token = free.token_ids[0]
    banned = client.completions.create(model=MODEL, prompt="The sun rises in the", temperature=0, max_tokens=1,
                                       logit_bias={str(token): -100}, extra_body={"return_token_ids": True}).choices[0]
    assert banned.token_ids[0] != token, (free, banned)


@check
def max_tokens_is_kept():
    for limit in ({"max_tokens": 5}, {"max_completion_tokens": 5}):
        answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Count to 100."}],
                                                **limit, extra_body={"ignore_eos": True})
        assert answer.usage.completion_tokens == 5 and answer.choices[0].finish_reason == "length", answer


@check
def extensions_are_taken():
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=8, seed=1, extra_body={
        "top_k": 20, "min_p": 0.05, "repetition_penalty": 1.1, "min_tokens": 8, "stop_token_ids": [2],
        "return_token_ids": True})
    assert answer.usage.completion_tokens == 8, answer
    assert len(answer.choices[0].token_ids) == 8 and len(answer.prompt_token_ids) == answer.usage.prompt_tokens, answer


@check
def system_and_developer_and_parts_are_understood():
    def answer(messages):
        return client.chat.completions.create(model=MODEL, messages=messages, temperature=0, max_tokens=12)
    system = answer([{"role": "system", "content": "Be brief."}] + QUESTION)
    developer = answer([{"role": "developer", "content": "Be brief."}] + QUESTION)
    parts = answer([{"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
                    {"role": "user", "content": [{"type": "text", "text": QUESTION[0]["content"]}]}])
    assert system.choices[0].message.content == developer.choices[0].message.content == parts.choices[0].message.content


@check
def errors_are_the_clients_own():
    other = openai.OpenAI(api_key="llmk_local_000000000000_wrong", max_retries=0)
    assert refused(openai.AuthenticationError, other.models.list).status_code == 401
    unknown = refused(openai.NotFoundError, lambda: client.chat.completions.create(model="gpt-unknown",
                                                                                    messages=QUESTION))
    assert unknown.code == "model_not_found", unknown.body
    hot = refused(openai.BadRequestError, lambda: client.chat.completions.create(model=MODEL, messages=QUESTION,
                                                                                 temperature=3))
    assert hot.param == "temperature", hot.body
    tools = refused(openai.BadRequestError, lambda: client.chat.completions.create(
        model=MODEL, messages=QUESTION, tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}]))
    assert tools.param == "tools", tools.body
    many = refused(openai.BadRequestError, lambda: client.chat.completions.create(model=MODEL, messages=QUESTION, n=9))
    assert many.param == "n", many.body
    none = refused(openai.BadRequestError, lambda: client.chat.completions.create(model=MODEL, messages=[]))
    assert none.param == "messages", none.body
    long = refused(openai.BadRequestError, lambda: client.completions.create(model=MODEL, prompt="long " * 9000))
    assert long.code == "context_length_exceeded" and "8192" in long.message and "9001" in long.message, long.body
    streamed = refused(openai.BadRequestError, lambda: client.completions.create(model=MODEL, prompt="long " * 9000,
                                                                                 stream=True))
    assert streamed.code == "context_length_exceeded", streamed.body


@check
def sixteen_asynchronous_streams_are_served_together():
    async def one(other, index):
        text = ""
        stream = await other.chat.completions.create(model=MODEL, messages=QUESTION, seed=index, max_tokens=16, stream=True)
        async for chunk in stream:
            for choice in chunk.choices:
                text += choice.delta.content or ""
        return text

    async def together():
        async with openai.AsyncOpenAI(max_retries=0, timeout=120) as other:
            return await asyncio.gather(*[one(other, index) for index in range(16)])
    assert all(asyncio.run(together()))


failures = 0
for function in CHECKS:
    try:
        function()
        print("ok    ", function.__name__)
    except Exception:
        failures += 1
        print("FAILED", function.__name__)
        traceback.print_exc(file=sys.stdout)
sys.exit(1 if failures else 0)
