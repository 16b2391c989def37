/** What may not stand in a line: leftovers, switched-off checks, tests that wait for time to pass, places of one machine. */
import { isCode, isTest, lines, type Problem, type Source } from './problem.ts';

/** Written in two parts, so that this file does not break its own rules. */
const word = (...parts: string[]): string => parts.join('');

interface Rule {
  readonly pattern: RegExp;
  readonly what: string;
  applies(path: string): boolean;
}

/** Files that may wait for time to pass, each with its reason. */
const MAY_SLEEP: Readonly<Record<string, string>> = {
  'tests/until.ts': 'polls a condition until its deadline',
};

const RULES: readonly Rule[] = [
  {
    pattern: new RegExp(`\\b(${word('TO', 'DO')}|${word('FIX', 'ME')}|${word('XX', 'X')}|${word('HA', 'CK')})\\b`),
    what: 'is left over: do it, or say it in docs/status.md',
    applies: (path) => isCode(path) || path.endsWith('.md'),
  },
  {
    pattern: new RegExp(
      `^(?!\\s*(//|\\*|/\\*)).*\\bas ${word('a', 'ny')}\\b|@ts-(ignore|expect-error|nocheck)|${word('biome', '-ignore')}`,
    ),
    what: 'switches a check off: say what the value is instead',
    applies: (path) => /\.(ts|mjs)$/.test(path),
  },
  {
    pattern: /\b(test|it|describe)\.(only|skip|todo)\b|\b(skip|only|todo): true\b/,
    what: 'runs less than all tests: a skip needs a condition and a reason',
    applies: (path) => isTest(path) && !path.includes('/test-kit/') && !path.endsWith('.kernel-test.ts'), // their kit counts skips
  },
  {
    pattern: /\b(sleep|delay)\(|'(node:)?timers\/promises'|new Promise\(.*\bsetTimeout\b(?!.*\d0_000)/,
    what: 'waits for time to pass: wait for a condition with a deadline',
    applies: (path) => isTest(path) && path.endsWith('.ts') && !(path in MAY_SLEEP),
  },
  {
    pattern: new RegExp(`${word('/wo', 'rk/')}|${word('/fa', 'rm/')}|${word('bash', '_jobs')}`),
    what: 'names a path of one machine',
    applies: () => true,
  },
];

/** Hosts that text may name: documentation, licences, addresses, and what RFC 2606 reserves. */
const KNOWN_HOSTS =
  /^((www\.)?(apache\.org|github\.com|biomejs\.dev|freedesktop\.org|kernel\.org|man7\.org|rfc-editor\.org|json-schema\.org|w3\.org|spdx\.org|opencontainers\.org|qemu\.org|docker\.com|sqlite\.org)|[\w.-]*\.(example|test|invalid|localhost)|example\.(com|org|net)|[\d.]+)$/;

/** Registries, mirrors and other services are settings or the tools' own defaults, never text of the project. */
export function unknownHosts(source: Source): Problem[] {
  return source.text.split('\n').flatMap((line, i) =>
    [...line.matchAll(/\b(?:https?|wss?):\/\/(?:[^\s/@'"`]*@)?([\w.-]+)/g)]
      .map(([, host = '']) => host.replace(/\.$/, ''))
      // A name without a dot is of a machine nearby.
      .filter((host) => host.includes('.') && !KNOWN_HOSTS.test(host))
      .map((host) => ({ where: `${source.path}:${i + 1}`, what: `names the host ${host}` })),
  );
}

export function bannedWords(source: Source): Problem[] {
  return RULES.filter((rule) => rule.applies(source.path)).flatMap((rule) => lines(source, rule.pattern, rule.what));
}
