// Runs one scenario with OpenAI's own client: node openai.cjs URL SCENARIO. Prints one line of JSON; NODE_PATH says where the client is.
const OpenAI = require('openai');

const [url, scenario] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}v1`, apiKey: process.env.GRANARY_KEY ?? 'none', maxRetries: 0 });
const model = 'granary-chat';
const hello = [{ role: 'user', content: 'Hello' }];

// The model of the tests with tools says what its user says.
const weather = {
  type: 'function',
  function: {
    name: 'get_weather', description: 'Tells the weather.', strict: true,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  },
};
const call = (city) => `<tool_call>\n{"name": "get_weather", "arguments": {"city": "${city}"}}\n</tool_call>`;
const asking = (content) => ({ model: 'echo', messages: [{ role: 'user', content }], tools: [weather] });

async function failure(call) {
  try {
    await call();
    return { error: null };
  } catch (error) {
    return { error: error.constructor.name, status: error.status, code: error.code, param: error.param, type: error.type, message: error.message };
  }
}

const scenarios = {
  async models() {
    const all = [];
    for await (const item of client.models.list()) all.push(item.id);
    return { all, one: (await client.models.retrieve(model)).id };
  },
  async chat() {
    return client.chat.completions.create({ model, messages: hello, temperature: 0, max_tokens: 16 });
  },
  async text() {
    const ask = { model, prompt: 'Once upon a time a fox', temperature: 0, max_tokens: 8 };
    const chunks = [];
    for await (const chunk of await client.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })) chunks.push(chunk);
    return { whole: await client.completions.create(ask), chunks, suffix: await failure(() => client.completions.create({ ...ask, suffix: 'the end' })) };
  },
  async scored() {
    // As evaluation harnesses ask: the log-likelihood of a text, with one token behind it or none.
    const ask = { model, prompt: 'Once upon a time a fox', temperature: 0, echo: true, logprobs: 5 };
    const chunks = [];
    for await (const chunk of await client.completions.create({ ...ask, max_tokens: 3, stream: true, stream_options: { include_usage: true } })) chunks.push(chunk);
    return {
      none: await client.completions.create({ ...ask, max_tokens: 0 }), some: await client.completions.create({ ...ask, max_tokens: 3 }), chunks,
      chat: await failure(() => client.chat.completions.create({ model, messages: hello, max_tokens: 0 })),
    };
  },
  async stream() {
    const stream = await client.chat.completions.create({
      model, messages: hello, temperature: 0, max_completion_tokens: 16, stream: true, stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return { chunks };
  },
  async helper() {
    const stream = client.chat.completions.stream({ model, messages: hello, temperature: 0, max_tokens: 16 });
    return { text: await stream.finalContent() };
  },
  async logprobs() {
    const ask = { model, messages: hello, temperature: 0, max_tokens: 6, logprobs: true, top_logprobs: 3 };
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) chunks.push(chunk);
    const whole = await client.chat.completions.create(ask);
    return { whole: whole.choices[0], streamed: chunks.flatMap((chunk) => chunk.choices.flatMap((choice) => choice.logprobs?.content ?? [])) };
  },
  async choices() {
    const ask = { model, messages: [{ role: 'user', content: 'Tell me a short story about a fox' }], temperature: 2, top_p: 1, top_k: 0, max_tokens: 24 };
    const stream = client.chat.completions.stream({ ...ask, seed: 40, n: 3, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    const whole = await client.chat.completions.create({ ...ask, seed: 40, n: 3 });
    const alone = [];
    for (const seed of [40, 41, 42]) alone.push(await client.chat.completions.create({ ...ask, seed }));
    return { streamed, whole, alone };
  },
  async schema() {
    const schema = {
      type: 'object', required: ['name', 'age'], additionalProperties: false,
      properties: { name: { type: 'string', maxLength: 12 }, age: { type: 'integer', minimum: 0, maximum: 120 } },
    };
    const ask = { model, messages: hello, temperature: 1, seed: 1, max_tokens: 200, response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema } } };
    const streamed = await client.chat.completions.stream(ask).finalChatCompletion();
    return { whole: (await client.chat.completions.create(ask)).choices[0], streamed: streamed.choices[0] };
  },
  async guided() {
    const ask = async (more) => (await client.chat.completions.create({ model, messages: hello, max_tokens: 50, seed: 3, ...more })).choices[0].message.content;
    return {
      choice: await ask({ guided_choice: ['purple', 'orange'] }), regex: await ask({ guided_regex: '[A-F]{3}-\\d{2}' }),
      structured: await ask({ structured_outputs: { choice: ['purple', 'orange'] } }),
    };
  },
  wrongSchema: () => failure(() => client.chat.completions.create({
    model, messages: hello, response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'colour' } } },
  })),
  async toolStream() {
    const stream = client.chat.completions.stream(asking(`Let me see.\n${call('Zürich')}\n${call('Oslo')}`));
    const contents = [];
    stream.on('content', (delta) => contents.push(delta));
    const reply = await stream.finalChatCompletion();
    return { choice: reply.choices[0], contents };
  },
  async toolPieces() {
    // A call that must be made is begun for the model: the echo goes on behind the mark.
    const ask = { ...asking('{"name": "get_weather", "arguments": {"city": "Zürich", "days": [1, 2]}}'), tool_choice: 'required' };
    const stream = client.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
    const deltas = [], pieces = [], done = [];
    stream.on('chunk', (chunk) => deltas.push(...chunk.choices.flatMap((choice) => choice.delta.tool_calls ?? [])));
    stream.on('tool_calls.function.arguments.delta', (event) => pieces.push(event.arguments_delta));
    stream.on('tool_calls.function.arguments.done', (event) => done.push(event.arguments));
    const reply = await stream.finalChatCompletion();
    return { deltas, pieces, done, streamed: reply.choices[0], whole: (await client.chat.completions.create(ask)).choices[0] };
  },
  async toolWhole() {
    return (await client.chat.completions.create(asking(call('Paris')))).choices[0];
  },
  async toolRun() {
    const asked = [];
    const runner = client.chat.completions.runTools({
      ...asking(call('Rome')),
      tools: [{ type: 'function', function: { ...weather.function, parse: JSON.parse, function: ({ city }) => { asked.push(city); return 'sunny'; } } }],
    });
    return { text: await runner.finalContent(), asked };
  },
  async toolMalformed() {
    return (await client.chat.completions.create(asking('<tool_call>\n{"name": "launch", "arguments": {}}\n</tool_call>'))).choices[0];
  },
  async toolSerial() {
    return (await client.chat.completions.create({ ...asking(call('Bern') + call('Bonn')), parallel_tool_calls: false })).choices[0];
  },
  async toolNone() {
    return (await client.chat.completions.create({ ...asking(call('Bern')), tool_choice: 'none' })).choices[0];
  },
  async abort() {
    // With these penalties the model repeats itself until its limit.
    const messages = [{ role: 'user', content: 'Tell me a short story about a fox' }];
    const stream = await client.chat.completions.create({ model, messages, max_tokens: 1500, frequency_penalty: -2, presence_penalty: -2, temperature: 0, stream: true });
    let chunks = 0;
    for await (const chunk of stream) {
      if (++chunks === 3) break;
    }
    return { chunks };
  },
  listFailure: () => failure(() => client.models.list()),
  async limited() {
    const ask = (more) => client.chat.completions.create({ model: 'echo', messages: hello, max_tokens: 20, ...more });
    const { response } = await ask({}).withResponse();
    const headers = (from) => Object.fromEntries([...from.entries()].filter(([name]) => /^(x-ratelimit-|retry-after$|x-should-retry$)/.test(name)));
    const refused = async (more) => {
      try {
        await ask(more);
        return null;
      } catch (error) {
        return {
          error: error.constructor.name, isRateLimit: error instanceof OpenAI.RateLimitError, status: error.status, code: error.code, type: error.type,
          message: error.message, headers: headers(error.headers),
        };
      }
    };
    const tooMuch = await refused({ max_tokens: 3000 });
    await ask({ stream: true }).then(async (stream) => { for await (const _ of stream); });
    return { first: headers(response.headers), tooMuch, third: await refused({}), streamed: await refused({ stream: true }) };
  },
  idempotent: async () => {
    const ask = (content) => client.chat.completions.create({ model: 'echo', messages: [{ role: 'user', content }] }, { headers: { 'Idempotency-Key': `js-${process.pid}` } });
    return { first: await ask('once'), second: await ask('once'), third: await failure(() => ask('twice')) };
  },
  textFailures: async () => ({
    unknown: await failure(() => client.completions.create({ model: 'nobody', prompt: 'x' })),
    missing: await failure(() => client.completions.create({ model: 'echo' })),
    negative: await failure(() => client.completions.create({ model: 'echo', prompt: 'x', max_tokens: -1 })),
  }),
  unknownModel: () => failure(() => client.chat.completions.create({ model: 'nobody', messages: hello })),
  unknownRetrieve: () => failure(() => client.models.retrieve('nobody')),
  tools: () => failure(() => client.chat.completions.create({
    model, messages: hello, tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } }],
  })),
  tooLong: () => failure(() => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'word '.repeat(10000) }] })),
  tooLarge: () => failure(() => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'x'.repeat(10 << 20) }] })),
};

scenarios[scenario]().then(
  (result) => { console.log(JSON.stringify(result)); },
  (error) => { console.error(error); process.exitCode = 1; });
