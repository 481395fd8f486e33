// Runs one scenario with OpenAI's own client: node openai.cjs URL SCENARIO. Prints one line of JSON; NODE_PATH says where the client is.
const OpenAI = require('openai');

const [url, scenario] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}v1`, apiKey: 'none', maxRetries: 0 });
const model = 'granary-chat';
const hello = [{ role: 'user', content: 'Hello' }];

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
  unknownModel: () => failure(() => client.chat.completions.create({ model: 'nobody', messages: hello })),
  unknownRetrieve: () => failure(() => client.models.retrieve('nobody')),
  roleOrder: () => failure(() => client.chat.completions.create({ model, messages: [{ role: 'assistant', content: 'Hello' }] })),
  tools: () => failure(() => client.chat.completions.create({
    model, messages: hello, tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } }],
  })),
  tooLong: () => failure(() => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'word '.repeat(10000) }] })),
  tooLarge: () => failure(() => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'x'.repeat(10 << 20) }] })),
};

scenarios[scenario]().then(
  (result) => { console.log(JSON.stringify(result)); },
  (error) => { console.error(error); process.exitCode = 1; });
