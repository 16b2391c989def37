import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Command } from 'commander';
import type { Cli } from '../context.ts';
import { print } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      examples(
        'source <(bhatti completion bash)',
        'bhatti completion zsh > /usr/local/share/zsh/site-functions/_bhatti',
        'bhatti completion fish > ~/.config/fish/completions/bhatti.fish',
      ),
    )
    .action(act(completion));
};

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly takesSandbox: boolean;
}

/** What may follow each verb: its own verbs and its options. */
export function completed(program: Command): Completed[] {
  const optionsOf = (command: Command): string[] => command.options.flatMap(({ long }) => (long ? [long] : []));
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    words: [
      ...command.commands.map((below) => below.name()),
      ...optionsOf(command),
      ...new Set(command.commands.flatMap(optionsOf)),
    ],
    takesSandbox: [command, ...command.commands].some(({ registeredArguments }) =>
      registeredArguments.some((argument) => argument.name() === 'sandbox' || argument.name() === 'from'),
    ),
  }));
}

const NAMES = 'bhatti list --quiet 2>/dev/null';

function bash(verbs: readonly Completed[]): string {
  const cases = verbs.map(({ name, words, takesSandbox }) => {
    const names = takesSandbox ? ` $(${NAMES})` : '';
    return `    ${name}) words="${words.join(' ')}${names}" ;;`;
  });
  return `_bhatti() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  case \${COMP_CWORD}:\${COMP_WORDS[1]} in
    1:*) words="${verbs.map(({ name }) => name).join(' ')}" ;;
    *) case \${COMP_WORDS[1]} in
${cases.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _bhatti bhatti`;
}

function zsh(verbs: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const described = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = verbs.map(({ name, words, takesSandbox }) => {
    const names = takesSandbox ? ` \${(f)"$(${NAMES})"}` : '';
    return `    ${name}) compadd -- ${words.join(' ')}${names} ;;`;
  });
  return `#compdef bhatti
_bhatti() {
  local -a verbs=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  case $words[2] in
${cases.join('\n')}
  esac
  _files
}
_bhatti "$@"`;
}

function fish(verbs: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
  const lines = verbs.flatMap(({ name, summary, words, takesSandbox }) => {
    const seen = quoted(`__fish_seen_subcommand_from ${name}`);
    return [
      `complete -c bhatti -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
      `complete -c bhatti -n ${seen} -a ${quoted(words.join(' '))}`,
      ...(takesSandbox ? [`complete -c bhatti -n ${seen} -a '(${NAMES})'`] : []),
    ];
  });
  return lines.join('\n');
}

const SHELLS: Readonly<Record<string, (verbs: readonly Completed[]) => string>> = { bash, zsh, fish };

async function completion(cli: Cli, _: object, shell: string): Promise<void> {
  const script = SHELLS[shell];
  if (script === undefined) {
    throw new BhattiError(
      'request.invalid',
      `cannot complete for ${JSON.stringify(shell)}: not a shell that is known`,
      {
        remedy: 'bhatti completion bash, zsh or fish',
      },
    );
  }
  print(script(completed(await cli.program())));
}
