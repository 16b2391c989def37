import assert from 'node:assert/strict';
import test from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { challengeOf, tokenUrl } from './challenge.ts';
import { baseUrl, parseReference } from './reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const good: [text: string, base: string, repository: string, tag: string][] = [
  ['registry.example/team/app:1.2', 'https://registry.example/v2', 'team/app', '1.2'],
  ['registry.example:5000/app', 'https://registry.example:5000/v2', 'app', 'latest'],
  ['localhost/app:x', 'http://localhost/v2', 'app', 'x'],
  ['127.0.0.1:5000/a/b/c:x', 'http://127.0.0.1:5000/v2', 'a/b/c', 'x'],
  [`registry.example/app:1@${DIGEST}`, 'https://registry.example/v2', 'app', DIGEST],
];
for (const [text, base, repository, tag] of good)
  test(`${text} is understood`, () => {
    const reference = parseReference(text);
    assert.deepEqual([baseUrl(reference), reference.repository, reference.tag], [base, repository, tag]);
  });

const bad = [
  'app',
  'team/app:1',
  'registry.example/',
  'registry.example/App',
  'registry.example/a:b:c',
  'user@host.example/a',
];
for (const text of [
  ...bad,
  'registry.example/app@md5:1',
  'registry.example/../x',
  `registry.example/${'a'.repeat(600)}`,
])
  test(`${text.slice(0, 40)} is refused`, () => {
    assert.throws(
      () => parseReference(text),
      (error) => error instanceof BhattiError && error.code === 'request.invalid',
    );
  });

const challenge = 'Bearer realm="https://token.example/t?x=1",service="registry.example",scope="repository:app:pull"';
const realms: [name: string, header: string, registry: string, url: string | RegExp][] = [
  [
    'a token service',
    challenge,
    'https://r.example/v2',
    'https://token.example/t?x=1&service=registry.example&scope=repository%3Aapp%3Apull',
  ],
  [
    'its scope is made up when missing',
    'Bearer realm="https://t.example/"',
    'https://r.example/v2',
    'https://t.example/?scope=repository%3Aapp%3Apull',
  ],
  [
    'a service without TLS gets no password',
    'Bearer realm="http://t.example/"',
    'https://r.example/v2',
    /not reached by https/,
  ],
  [
    'nor one elsewhere for a registry on loopback',
    'Bearer realm="http://t.example/"',
    'http://127.0.0.1/v2',
    /not reached by https/,
  ],
  ['no service', 'Bearer', 'https://r.example/v2', /names no token service/],
];
for (const [name, header, registry, url] of realms)
  test(`challenge: ${name}`, () => {
    const asked = (): string => tokenUrl(challengeOf(header), registry, 'app');
    if (typeof url === 'string') assert.equal(asked(), url);
    else assert.throws(asked, url);
  });

test('an authentication that is neither Basic nor Bearer is refused', () => {
  assert.equal(challengeOf('Basic realm="x"').scheme, 'basic');
  assert.throws(() => challengeOf('Negotiate'), /nobody knows/);
});
