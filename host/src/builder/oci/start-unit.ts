/** What a container's image says about its program, as a unit and as the environment of its guests. */
import type { ImageRun } from '../../ports/images.ts';
import type { Config } from './documents.ts';

export type RunSettings = ImageRun;

export function runSettings({ config }: Config): RunSettings {
  const env = (config?.Env ?? []).flatMap((text): [string, string][] => {
    const at = text.indexOf('=');
    return at > 0 && /^[A-Za-z_][A-Za-z0-9_]*$/.test(text.slice(0, at))
      ? [[text.slice(0, at), text.slice(at + 1)]]
      : [];
  });
  return {
    argv: [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])],
    env: Object.fromEntries(env),
    ...(isLine(config?.User) ? { user: config.User } : {}),
    ...(isLine(config?.WorkingDir) ? { workdir: config.WorkingDir } : {}),
  };
}

/** What cannot stand in a line of a unit is nobody's name. */
const isLine = (text: string | null | undefined): text is string => !!text && !/\p{Cc}/u.test(text);

/** Double quotes, as systemd.syntax(7) reads them; a line break would end the setting. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('%', '%%');
  return `"${escaped}"`;
}

/** @param program absolute path of argv[0] in the image */
export function startUnit(run: RunSettings, program: string): string {
  const [, ...args] = run.argv;
  const [user = '', group = ''] = (run.user ?? '').split(':');
  const words = [program, ...args].map((word) => quoted(word).replaceAll('$', '$$$$'));
  const lines = [
    '[Unit]',
    'Description=Program of the container image',
    'After=network.target',
    '[Service]',
    `ExecStart=${words.join(' ')}`,
    ...Object.entries(run.env).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    ...(user === '' ? [] : [`User=${user}`]),
    ...(group === '' ? [] : [`Group=${group}`]),
    ...(run.workdir === undefined ? [] : [`WorkingDirectory=-${run.workdir.replaceAll('%', '%%')}`]),
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return `${lines.join('\n')}\n`;
}

/** Lines for /etc/environment: each command of a guest has them. */
export function environmentFile(run: RunSettings): string {
  const [user] = (run.user ?? 'root').split(':');
  const all = { ...run.env, BHATTI_USER: user ?? 'root', ...(run.workdir ? { BHATTI_WORKDIR: run.workdir } : {}) };
  const quote = (value: string): string => value.replaceAll(/["\\$`]/g, '\\$&').replaceAll('\n', ' ');
  return Object.entries(all)
    .map(([name, value]) => `${name}="${quote(value)}"\n`)
    .join('');
}
