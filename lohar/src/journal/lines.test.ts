import assert from 'node:assert/strict';
import test from 'node:test';
import { LINE_MAX, type Line, LineAssembler } from './lines.ts';
import { decodeBytes } from './text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const show = (lines: readonly Line[]) => lines.map((line) => (line.break ? `${line.text}|${line.break}` : line.text));

const rows: [name: string, chunks: string[], lines: string[], pending: string][] = [
  ['whole lines', ['a\nb\n'], ['a', 'b'], ''],
  ['a line in three parts', ['a', 'b', 'c\n'], ['abc'], ''],
  ['a line waits for its end', ['a\nb'], ['a'], 'b'],
  ['empty lines', ['\n\n'], ['', ''], ''],
  ['nothing', [''], [], ''],
  ['a NUL ends a line', ['a\0b\nc\n'], ['a|nul', 'b', 'c'], ''],
  ['carriage returns stay', ['a\r\n'], ['a\r'], ''],
];
for (const [name, chunks, lines, pending] of rows)
  test(name, () => {
    const assembler = new LineAssembler(decodeBytes);
    assert.deepEqual(
      chunks.flatMap((chunk) => show(assembler.push(bytes(chunk)))),
      lines,
    );
    assert.deepEqual(assembler.pending, bytes(pending));
  });

test('the end of the stream ends a line', () => {
  const assembler = new LineAssembler(decodeBytes);
  assembler.push(bytes('a\nb'));
  assert.deepEqual(show(assembler.flush('eof')), ['b|eof']);
  assert.deepEqual(show(assembler.flush('eof')), []);
});

test('the caller may reuse its buffer', () => {
  const assembler = new LineAssembler(decodeBytes);
  const buffer = bytes('ab');
  assembler.push(buffer);
  buffer.fill(0x78);
  assert.deepEqual(show(assembler.push(bytes('\n'))), ['ab']);
});

test('a UTF-8 sequence split between two reads stays whole', () => {
  const assembler = new LineAssembler(decodeBytes);
  const euro = bytes('€\n');
  assert.deepEqual(show([...assembler.push(euro.subarray(0, 1)), ...assembler.push(euro.subarray(1))]), ['€']);
});

test('what waits is resumed by the next assembler', () => {
  const first = new LineAssembler(decodeBytes);
  first.push(bytes('half'));
  assert.deepEqual(show(new LineAssembler(decodeBytes, first.pending).push(bytes(' a line\n'))), ['half a line']);
});

for (const [name, unit] of [
  ['plain', 'x'],
  ['of three-byte characters', '€'],
] as const)
  test(`a line of 1 MiB, ${name}, is cut and loses nothing`, () => {
    const line = unit.repeat(Math.floor((1024 * 1024) / bytes(unit).length));
    for (const chunk of [4096, 65536, 1 << 21]) {
      const assembler = new LineAssembler(decodeBytes);
      const input = bytes(`before\n${line}\nafter\n`);
      const lines: Line[] = [];
      for (let at = 0; at < input.length; at += chunk) lines.push(...assembler.push(input.subarray(at, at + chunk)));
      assert.equal(lines[0]?.text, 'before');
      assert.equal(lines.at(-1)?.text, 'after');
      assert.equal(
        lines
          .slice(1, -1)
          .map((part) => part.text)
          .join(''),
        line,
      );
      for (const part of lines) assert.ok(bytes(part.text).length <= LINE_MAX);
      assert.deepEqual(new Set(lines.slice(1, -2).map((part) => part.break)), new Set(['line-max']));
    }
  });
