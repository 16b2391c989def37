import assert from 'node:assert/strict';
import test from 'node:test';
import { readSysvScript, sysvUnitName, sysvUnitText } from './sysv-script.ts';

const SCRIPT = `#!/bin/sh
### BEGIN INIT INFO
# Provides: thing thing-alias
# Required-Start: $remote_fs $network $syslog dbus
# Should-Start: thing
# Default-Start: 2 3 4 5
# Short-Description: 100% of a thing
### END INIT INFO
echo "Usage: thing {start|stop|reload}"
`;

test('the header of a script becomes the settings of its unit', () => {
  assert.deepEqual(readSysvScript('thing', SCRIPT), {
    description: 'LSB: 100% of a thing',
    pidFile: '',
    reloads: true,
    after: ['remote-fs.target', 'network-online.target', 'dbus.service'],
    wants: ['network-online.target'],
    aliases: ['thing-alias.service'],
  });
});

test('the unit is the one that systemd makes', () => {
  const text = sysvUnitText('/etc/init.d/thing', readSysvScript('thing', SCRIPT), ['multi-user.target']);
  assert.match(text, /^Description=LSB: 100%% of a thing\nBefore=multi-user.target\nAfter=remote-fs.target$/m);
  assert.match(text, /^RemainAfterExit=yes\nSuccessExitStatus=5 6\nExecStart=\/etc\/init.d\/thing start$/m);
});

test('a script without a header, and one that tells its pid file', () => {
  const { description, after } = readSysvScript('bare', '#!/bin/sh\n');
  assert.deepEqual({ description, after }, { description: '', after: [] });
  const text = sysvUnitText('/etc/init.d/p', readSysvScript('p', '# pidfile: /run/p.pid\n'), []);
  assert.match(text, /^RemainAfterExit=no\nPIDFile=\/run\/p.pid$/m);
  assert.equal(sysvUnitName('rc.sh'), 'rc.service');
});
