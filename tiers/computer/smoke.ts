/** The desktop is there: seen, typed into, and reached from the web with a password only. */
import { coloursOf, readPng } from '@bhatti/host/cli/smoke/png.ts';
import { desktopSize, handshakeStatus } from '@bhatti/host/cli/smoke/rfb.ts';
import type { Smoke } from '@bhatti/host/cli/smoke/smoke.ts';

const PAGE = 'data:text/html,<title>Smoke page</title>';

export default async function computer(smoke: Smoke): Promise<void> {
  await smoke.step('the first command finds DISPLAY=:99 in its environment', async () => {
    const display = await smoke.output('echo "$DISPLAY"');
    if (display !== ':99') throw new Error(`DISPLAY is "${display}"`);
  });
  await webClient(smoke);
  await smoke.step('screenshot gives a PNG of the right size and many colours', async () => {
    const size = await smoke.output('screen-size');
    const picture = readPng(Buffer.from(await smoke.output('screenshot --base64'), 'base64'));
    if (`${picture.width}x${picture.height}` !== size) throw new Error(`${picture.width}x${picture.height} of ${size}`);
    if (coloursOf(picture) < 16) throw new Error(`a picture of ${coloursOf(picture)} colours`);
  });
  await smoke.step('what xdotool types into a terminal is done', async () => {
    await smoke.output('xfce4-terminal --title "Smoke terminal" >/dev/null 2>&1 & sleep 0');
    await smoke.until('its window has the keyboard', async () => / Smoke terminal$/.test(await title(smoke)));
    await smoke.output("xdotool type --delay 50 'echo typed > /tmp/typed'; xdotool key Return");
    await smoke.until('the text is on the disk', async () => {
      const { stdout } = await smoke.run('cat /tmp/typed');
      return stdout.toString() === 'typed\n';
    });
    if (!(await smoke.output('list-windows')).includes('Smoke terminal'))
      throw new Error('list-windows does not list it');
  });
  await smoke.step('chromium-browser opens a page', async () => {
    await smoke.output(`chromium-browser '${PAGE}'`);
    await smoke.until('its window is there', async () => (await smoke.output('list-windows')).includes('Smoke page'));
    await smoke.output('pkill -x chromium');
  });
  await smoke.units({
    'bhatti-display-env.service': 'oneshot',
    'kasmvnc-firstboot.service': 'oneshot',
    'xfce-session.service': 'simple',
    'kasmvnc.service': 'simple',
  });
  await smoke.step('an end of the X server takes the desktop along, and both come back', async () => {
    // A stop of the server, which has just been proved, stopped the session; a start does not start it.
    await smoke.output('systemctl start xfce-session');
    const before = await smoke.output('systemctl show -P MainPID xfce-session');
    await smoke.output('sudo pkill -9 -x Xvnc');
    await smoke.until('another session is there', async () => {
      const { stdout } = await smoke.run('systemctl show -P MainPID xfce-session; systemctl is-active xfce-session');
      return stdout.toString() !== `${before}\nactive\n` && /^[1-9]\d*\nactive\n$/.test(stdout.toString());
    });
  });
}

/** @returns id and title of the window in front, '' while there is none */
const title = async (smoke: Smoke): Promise<string> => (await smoke.run('active-window')).stdout.toString().trimEnd();

async function webClient(smoke: Smoke): Promise<void> {
  const port = await smoke.forward(6080);
  const login = JSON.parse(await smoke.output('vnc-creds --json'));
  const basic = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const page = (authorization?: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, { headers: authorization === undefined ? {} : { authorization } });
  await smoke.step('without the password port 6080 gives neither page nor desktop', async () => {
    const wrong = { ...login, password: 'wrong' };
    const found = [(await page()).status, await handshakeStatus(port), await handshakeStatus(port, wrong)];
    if (found.some((status) => status !== 401)) throw new Error(`answers are ${found}`);
  });
  await smoke.step('with it the web client is served and the desktop answers', async () => {
    const answer = await page(basic);
    if (answer.status !== 200 || !(await answer.text()).includes('novnc/core/rfb.js'))
      throw new Error(`${answer.status}`);
    const { width, height } = await desktopSize(port, login);
    const size = await smoke.output('screen-size');
    if (`${width}x${height}` !== size) throw new Error(`the server tells ${width}x${height}, the screen is ${size}`);
  });
  await smoke.step('the clear password is for root alone', async () => {
    const told = await smoke.output("stat -c '%a %U' /etc/kasmvnc/password; grep -c . /etc/kasmvnc/password || true");
    if (!told.startsWith('600 root') || /^1$/m.test(told)) throw new Error(told);
  });
}
