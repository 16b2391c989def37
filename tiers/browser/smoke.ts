/** A page is rendered over DevTools, from outside and by Playwright inside. */
import { Cdp, Page } from '@bhatti/host/cli/smoke/cdp.ts';
import { coloursOf, readPng } from '@bhatti/host/cli/smoke/png.ts';
import type { Smoke } from '@bhatti/host/cli/smoke/smoke.ts';

const PAGE = `data:text/html,${encodeURIComponent('<title>Smoke</title><body style="background:linear-gradient(red,blue)"><h1>Hello')}`;

const PLAYWRIGHT = `const { chromium } = require('playwright');
(async () => {
  const browser = await chromium.connectOverCDP('http://127.0.0.1:9222');
  const page = await browser.newPage();
  await page.goto('data:text/html,<title>From Playwright</title>');
  console.log(await page.title());
  process.exit(0);
})();`;

export default async function browser(smoke: Smoke): Promise<void> {
  await smoke.units({ 'headless-chrome.service': 'simple' });
  await smoke.step('a page is rendered over a forwarded DevTools port, and its picture shows it', async () => {
    await smoke.until(
      'DevTools answer',
      async () => (await smoke.run('curl -sf 127.0.0.1:9222/json/version')).code === 0,
    );
    const cdp = await Cdp.open(await smoke.forward(9222));
    const page = await Page.open(cdp, PAGE);
    await smoke.until('it is loaded', async () => (await page.evaluate('document.title')) === 'Smoke');
    const picture = readPng(await page.screenshot());
    cdp.close();
    if (coloursOf(picture) < 16) throw new Error(`a picture of ${coloursOf(picture)} colours`);
  });
  await smoke.step('Node 22 and Playwright drive it from inside', async () => {
    const version = await smoke.output('node --version');
    if (!version.startsWith('v22.')) throw new Error(version);
    const title = await smoke.output(`NODE_PATH=/usr/local/lib/node_modules node -e "${PLAYWRIGHT}"`);
    if (title !== 'From Playwright') throw new Error(title);
  });
}
