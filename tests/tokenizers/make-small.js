#!/usr/bin/env node
// Writes small/*.json: little tokenizers, one for each component that the real ones in package.json do not use.
const fs = require('fs');
const path = require('path');

const folder = path.join(__dirname, 'small');
fs.mkdirSync(folder, { recursive: true });
const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEHILMORSTW0123456789.,!?\'-_/<>|▁ \n\tĠé漢'];
const words = ['th', 'the', 'he', 'in', 'ing', 'an', 'er', 're', '▁t', '▁th', '▁the', '▁a', '▁▁', 'ab', 'abab', 'll', 'lo', 'llo', 'Hello', 'He'];
const vocab = Object.fromEntries(['<unk>', '<s>', '</s>', ...letters, ...words].map((t, i) => [t, i]));
const merges = [['t', 'h'], ['th', 'e'], ['h', 'e'], ['i', 'n'], ['in', 'g'], ['a', 'n'], ['e', 'r'], ['r', 'e'], ['▁', 't'], ['▁t', 'h'], ['▁th', 'e'], ['▁', 'a'], ['▁', '▁'], ['a', 'b'], ['ab', 'ab'], ['l', 'l'], ['l', 'o'], ['l', 'lo'], ['H', 'e'], ['He', 'llo']];
const token = (id, content, rest = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...rest });
const base = () => ({
  version: '1.0', truncation: null, padding: null, added_tokens: [token(1, '<s>'), token(2, '</s>')], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null,
  model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges },
});
const write = (name, change) => {
  const json = base();
  change(json);
  fs.writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(json)}\n`);
};
const size = Object.keys(vocab).length;
const metaspace = (prepend_scheme, split) => ({ type: 'Metaspace', replacement: '▁', prepend_scheme, split });

write('plain', () => {});
write('fuse-unk', (t) => { t.model.fuse_unk = true; });
write('no-unk', (t) => { t.model.unk_token = null; });
for (const scheme of ['always', 'first', 'never']) {
  write(`metaspace-${scheme}`, (t) => { t.pre_tokenizer = metaspace(scheme, true); t.decoder = metaspace(scheme, true); });
}
write('metaspace-unsplit', (t) => { t.pre_tokenizer = metaspace('first', false); t.decoder = metaspace('first', false); });
write('digits-single', (t) => { t.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, { type: 'Punctuation', behavior: 'MergedWithPrevious' }] }; });
write('digits-runs', (t) => { t.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: false }, { type: 'Punctuation', behavior: 'Contiguous' }] }; });
write('whitespace', (t) => { t.pre_tokenizer = { type: 'Whitespace' }; });
write('whitespace-split', (t) => { t.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Punctuation', behavior: 'Isolated' }] }; });
for (const behavior of ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']) {
  for (const invert of [false, true]) {
    write(`split-${behavior}${invert ? '-inverted' : ''}`, (t) => { t.pre_tokenizer = { type: 'Split', pattern: { Regex: '[aeiou]|\\s+|(?i:th)(?=e)' }, behavior, invert }; });
  }
}
write('normalizers', (t) => {
  t.normalizer = { type: 'Sequence', normalizers: [{ type: 'Strip', strip_left: true, strip_right: true }, { type: 'NFKD' }, { type: 'StripAccents' }, { type: 'Lowercase' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }, { type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }] };
  t.added_tokens.push(token(size, 'THE', { normalized: true, special: false }), token(size + 1, 'caf\u00e9', { normalized: true, special: false }));
});
write('nfd', (t) => { t.normalizer = { type: 'NFD' }; t.model.fuse_unk = true; });
write('added', (t) => {
  t.added_tokens.push(
    token(size, '<mask>', { lstrip: true }), token(size + 1, 'fox', { rstrip: true, special: false }), token(size + 2, 'over', { single_word: true, special: false }),
    token(size + 3, 'world', { lstrip: true, rstrip: true, special: false, normalized: true }), token(size + 4, '<|im_', { special: false }), token(size + 5, '<|im_start|>'), token(size + 6, '<|im_end|>', { rstrip: true }));
  t.pre_tokenizer = { type: 'WhitespaceSplit' };
});
write('post-processors', (t) => {
  t.post_processor = { type: 'Sequence', processors: [{ type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true }, { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }], pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }], special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] }, '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] } } }] };
});
write('byte-fallback', (t) => {
  const bytes = Object.fromEntries(Array.from({ length: 256 }, (_, b) => [`<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`, size + b]));
  t.model.vocab = { ...vocab, ...bytes };
  t.model.byte_fallback = true;
  t.model.fuse_unk = true;
  t.normalizer = { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }] };
  t.decoder = { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }] };
});
write('strip-tokens', (t) => { t.decoder = { type: 'Sequence', decoders: [{ type: 'Strip', content: 'l', start: 1, stop: 0 }, { type: 'Replace', pattern: { Regex: '[ae]' }, content: '*' }] }; });
write('strip-fused', (t) => { t.decoder = { type: 'Sequence', decoders: [{ type: 'Fuse' }, { type: 'Strip', content: ' ', start: 2, stop: 0 }] }; });
write('byte-level-prefix', (t) => {
  t.pre_tokenizer = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true };
  t.decoder = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true };
});
write('affixes', (t) => {
  const pieces = ['a', 'b', 'c', '##a', '##b', '##c', 'a</w>', '##a</w>', '##b</w>', '##c</w>', 'ab', 'abc</w>', '##bc</w>'];
  t.model.vocab = Object.fromEntries(['<unk>', '<s>', '</s>', ...pieces].map((p, i) => [p, i]));
  t.model.continuing_subword_prefix = '##';
  t.model.end_of_word_suffix = '</w>';
  t.model.merges = [['##b', '##c</w>'], ['a', '##b'], ['a', '##bc</w>']];
  t.pre_tokenizer = { type: 'WhitespaceSplit' };
});
