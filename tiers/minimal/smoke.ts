/** The base works: Ubuntu, lohar, sudo, and a service that anybody might add. */
import type { Smoke } from '@bhatti/host/cli/smoke/smoke.ts';

const UNIT = `[Service]
ExecStart=/bin/sleep infinity
Restart=on-failure
[Install]
WantedBy=multi-user.target
`;

export default async function minimal(smoke: Smoke): Promise<void> {
  await smoke.step('Ubuntu 24.04 is up with lohar as PID 1', async () => {
    const told = await smoke.output(
      '. /etc/os-release; echo $VERSION_ID; cat /proc/1/comm; systemctl is-system-running',
    );
    if (told !== '24.04\nlohar\nrunning') throw new Error(told);
  });
  await smoke.step('its user is lohar, and root by sudo', async () => {
    const told = await smoke.output('id -un; sudo id -un');
    if (told !== 'lohar\nroot') throw new Error(told);
  });
  await smoke.output(`sudo sh -c 'cat > /etc/systemd/system/smoke.service' <<'UNIT'
${UNIT}UNIT
sudo systemctl daemon-reload && sudo systemctl enable --now smoke`);
  await smoke.units({ 'smoke.service': 'simple' });
}
