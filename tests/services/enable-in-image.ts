/** Lays units into an image as `systemctl enable` would, without mounting it: debugfs(8). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = '/etc/systemd/system';

/**
 * @param image is written to
 * @param target 'multi-user.target'
 * @param also more commands of debugfs
 */
export function enableInImage(
  image: string,
  target: string,
  units: Readonly<Record<string, string>>,
  also: readonly string[] = [],
): void {
  const wants = `${FOLDER}/${target}.wants`;
  const texts = mkdtempSync(join(tmpdir(), 'bhatti-units-'));
  const commands = [`mkdir ${wants}`, ...also];
  for (const [name, text] of Object.entries(units)) {
    writeFileSync(join(texts, name), text);
    commands.push(`write ${join(texts, name)} ${FOLDER}/${name}`);
    commands.push(`symlink ${wants}/${name} ${FOLDER}/${name}`);
  }
  try {
    execFileSync('debugfs', ['-w', '-f', '-', image], {
      input: `${commands.join('\n')}\n`,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  } finally {
    rmSync(texts, { recursive: true });
  }
}
