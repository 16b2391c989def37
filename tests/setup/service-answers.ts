/** What tests/setup/guest/driver.sh writes down, and what has to stand in it under whichever systemd it ran. */
import assert from 'node:assert/strict';

interface Said {
  readonly command: string;
  readonly output: string;
  readonly code: number;
}

function parse(text: string): Said[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [, command = '', output = '', code] = /^(.*)\n([\s\S]*?)-> (\d+)\n$/.exec(part) ?? [];
      return { command, output, code: Number(code) };
    });
}

/** @throws AssertionError with all that was said */
export function assertServes(text: string): void {
  const said = parse(text);
  const next = (command: RegExp, code: number, output: RegExp): void => {
    const one = said.shift();
    assert.match(one?.command ?? '', command, text);
    assert.match(one?.output ?? '', output, text);
    assert.equal(one?.code, code, text);
  };
  const member = /^setpriv .* bhatti /;
  next(/^bhatti setup$/, 1, /^\+ service +\/etc\/systemd\/system\/bhatti\.service written and started$/m);
  next(/is-enabled/, 0, /^enabled$/m);
  next(/^stat /, 0, /^root:bhatti 660\n$/);
  next(
    /^bhatti setup$/,
    1,
    /^ {2}service +\/etc\/systemd\/system\/bhatti\.service runs\n {2}API key +admin is there$/m,
  );
  next(/KillMode/, 0, /^process\n$/);
  next(/systemctl stop/, 0, /^$/);
  next(member, 125, /cannot reach the daemon: its service does not run.*sudo systemctl start bhatti\.service/s);
  next(/^bhatti list/, 0, /^$/); // root's client started the service
  next(/is-active/, 0, /^active\n$/);
  next(/^renewed/, 0, /^$/); // Restart=on-failure
  next(member, 0, /^$/);
  next(
    /--remove/,
    0,
    /^\+ service .*stopped and removed\n\+ user .*removed\n\+ cache .*removed\n\+ data folder .*removed$/m,
  );
  next(/is-active/, 4, /^inactive\n$/);
  next(/^ls /, 2, /^(ls: cannot access .*: No such file or directory\n){4}$/);
  next(/^getent passwd/, 2, /^$/);
  next(/^getent group/, 2, /^$/);
}
