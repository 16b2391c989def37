/** What a unit may do to PID 1: crash for ever, flood the journal, fork, name itself in a circle, be too large. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { quiet } from '../engine/lab.ts';
import { buildServicesImage } from './image.ts';
import { bootMachine, type Machine } from './machine.ts';

/** A second processor asks while the first is busy: measured is PID 1, not how long a client waits for its turn. */
const SIZE = { cpus: 2, memoryMib: 3072 };
/** Of the median of all answers while it goes on, and of the longest one after it, under emulation. */
const ANSWER_MS_MAX = 100;
const PLACE = '/suite';

let machine: Machine;

before(async () => {
  await buildServicesImage(quiet, new AbortController().signal);
  machine = await bootMachine(SIZE);
  await machine.upload(import.meta.dirname, ['guest'], PLACE);
});
after(() => machine?.close());

interface Answers {
  readonly count: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

/** Runs a script while PID 1 is asked for its state again and again. @returns what the script wrote, and the answers */
async function under(script: string): Promise<{ output: string; answers: Answers }> {
  const measured = `rm -f /tmp/t-end; python3 ${PLACE}/guest/programs/tlatency >/tmp/t-latency 2>&1 & asking=$!
    cd /etc/systemd/system; ${script}
    touch /tmp/t-end; wait $asking; echo; cat /tmp/t-latency`;
  const { output } = await machine.run(measured);
  const lines = output.trimEnd().split('\n');
  const [count = 0, medianMs = NaN, longestMs = NaN] = (lines.pop() ?? '').split(' ').map(Number);
  return { output: lines.join('\n').trim(), answers: { count, medianMs, longestMs } };
}

/** Meanwhile PID 1 answered, and now it answers every time. */
async function assertAnswers(t: { diagnostic(text: string): void }, during: Answers): Promise<void> {
  const { answers } = await under('sleep 3');
  const text = ({ count, medianMs, longestMs }: Answers) =>
    `${count} answers, median ${medianMs}, longest ${longestMs} ms`;
  t.diagnostic(`meanwhile ${text(during)}; afterwards ${text(answers)}`);
  assert.ok(during.medianMs <= ANSWER_MS_MAX, `meanwhile ${text(during)}`);
  assert.ok(answers.longestMs <= ANSWER_MS_MAX, `afterwards ${text(answers)}`);
}

test('a unit that crashes without end', async (t) => {
  const { output, answers } = await under(`
    printf '[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nRestart=always\\nRestartSec=0\\nExecStart=/bin/false\\n' >t-crash.service
    systemctl daemon-reload; systemctl start t-crash; sleep 8; systemctl stop t-crash; systemctl is-active t-crash`);
  assert.equal(output, 'inactive');
  await assertAnswers(t, answers);
});

test('a unit that logs a million lines', async (t) => {
  const { output, answers } = await under(`
    printf '[Service]\\nType=oneshot\\nTimeoutStartSec=infinity\\nExecStart=/bin/seq 1000000\\n' >t-flood.service
    systemctl daemon-reload; systemctl start t-flood; echo $?
    until journalctl -u t-flood -n 3 -o cat | grep -x 1000000; do sleep 0.5; done`);
  assert.equal(output, '0\n1000000');
  await assertAnswers(t, answers);
});

test('a unit with 10,000 children, all of which its stop ends', async (t) => {
  const { output, answers } = await under(`
    cat >t-many.service <<'UNIT'
[Service]
TasksMax=infinity
LimitNPROC=infinity
ExecStart=/bin/sh -c 'i=0; while [ $$i -lt 10000 ]; do read line <>/run/t-fifo & i=$$((i+1)); done; touch /run/t-all; wait'
UNIT
    mkfifo /run/t-fifo; systemctl daemon-reload; systemctl start t-many
    until [ -e /run/t-all ]; do sleep 0.2; done
    systemctl show -P TasksCurrent t-many; systemctl stop t-many; echo $?
    systemctl is-active t-many; ls -d /sys/fs/cgroup/system.slice/t-many.service 2>&1 | grep -c 'No such'`);
  assert.equal(output, '10001\n0\ninactive\n1');
  await assertAnswers(t, answers);
});

test('units that wait for each other in a circle: it is broken, with a message', async (t) => {
  const { output, answers } = await under(`
    for i in $(seq 50); do printf "[Unit]\\nRequires=t-circle$((i % 50 + 1)).service\\nAfter=t-circle$((i % 50 + 1)).service\\n[Service]\\nType=oneshot\\nExecStart=/bin/true\\n" >t-circle$i.service; done
    systemctl daemon-reload; systemctl start t-circle1 2>&1; echo $?`);
  assert.match(
    output,
    /^Failed to start t-circle1\.service: Transaction order is cyclic\. See system logs for details\.\n[\s\S]*1$/,
  );
  await assertAnswers(t, answers);
});

test('a unit file of 10 MiB is refused', async (t) => {
  const { output, answers } = await under(`
    (printf '[Service]\\nExecStart=/bin/true\\n'; yes 'Environment=A=b' | head -c 10485760) >t-large.service
    systemctl daemon-reload; systemctl start t-large 2>&1; systemctl show -P LoadState t-large; rm t-large.service; systemctl daemon-reload`);
  assert.match(output, /^Failed to start t-large\.service: .*\n[\s\S]*\nerror$/);
  await assertAnswers(t, answers);
});

test('a journal that cannot be written, and one whose disk is full: services start, and PID 1 lives', async (t) => {
  const { output, answers } = await under(`
    printf '[Service]\\nType=oneshot\\nExecStart=/bin/seq 100000\\n' >t-full.service; systemctl daemon-reload
    for options in size=256k ro; do
      mount -t tmpfs -o $options none /var/log/bhatti; systemctl start t-full; echo $?; umount -l /var/log/bhatti
    done
    systemctl start t-full; echo $?; journalctl -u t-full -n 3 -o cat | grep -c .`);
  assert.equal(output, '0\n0\n0\n3');
  await assertAnswers(t, answers);
});

test('ten thousand connections where four are let in: the others are refused, and the next is served', async (t) => {
  const { output, answers } = await under(`
    printf '[Socket]\\nListenStream=127.0.0.1:5999\\nAccept=yes\\nMaxConnections=4\\nTriggerLimitIntervalSec=0\\n' >t-crowd.socket
    printf '[Service]\\nExecStart=/bin/cat\\nStandardInput=socket\\n' >t-crowd@.service
    systemctl daemon-reload; systemctl start t-crowd.socket; python3 ${PLACE}/guest/programs/tcrowd 5999 4 10000
    until [ "$(systemctl show -P NConnections t-crowd.socket)" = 0 ]; do sleep 0.2; done
    systemctl show -p NAccepted,NRefused --value t-crowd.socket | sort -n | tr '\\n' ' '; systemctl is-active t-crowd.socket
    python3 ${PLACE}/guest/programs/tcrowd 5999 1 0; systemctl stop t-crowd.socket`);
  assert.equal(output, '4 served, 10000 refused\n4 10000 active\n1 served, 0 refused');
  await assertAnswers(t, answers);
});

test('a generator that hangs is ended, and the others have made their units', async (t) => {
  const { output, answers } = await under(`
    mkdir -p ../system-generators
    printf '#!/bin/sh\\nexec sleep infinity\\n' >../system-generators/t-hangs
    printf '#!/bin/sh\\nprintf "[Service]\\\\nExecStart=/bin/sleep 9999\\\\n" >$1/t-made.service\\n' >../system-generators/t-makes
    chmod +x ../system-generators/*; systemctl daemon-reload; echo $?; rm ../system-generators/*
    systemctl start t-made; systemctl is-active t-made; systemctl stop t-made; systemctl daemon-reload
    journalctl -b -o cat --no-pager | grep t-hangs`);
  assert.equal(output, '0\nactive\n/etc/systemd/system-generators/t-hangs terminated by signal KILL.');
  await assertAnswers(t, answers);
});
