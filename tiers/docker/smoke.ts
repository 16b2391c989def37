/** Docker does what it is for: images made here, since no registry may be in reach. */
import type { Smoke } from '@bhatti/host/cli/smoke/smoke.ts';

/** A root of a few programs of the sandbox, with the libraries they ask for. */
const MAKE_ROOT = `set -e
rm -rf /tmp/root && mkdir -p /tmp/root/bin /tmp/root/tmp && cd /tmp/root
for program in sh cat sleep; do cp "/bin/$program" bin/; done
cp /usr/bin/curl bin/
for library in $(ldd bin/* | grep -o '/[^ ]*\\.so[^ ]*' | sort -u); do
  mkdir -p ".$(dirname "$library")"
  cp -L "$library" ".$library"
done
mkdir -p www && echo served > www/page`;

/** An ELF program for arm64 that ends with 42: mov x0, #42; mov x8, #93 (exit); svc #0. */
function armProgram(): Buffer {
  const file = Buffer.alloc(0x84);
  file.write('7f454c46020101', 0, 'hex');
  file.writeUInt32LE(0x00b7_0002, 0x10); // executable, AArch64
  file.writeUInt32LE(1, 0x14);
  file.writeBigUInt64LE(0x40_0078n, 0x18); // entry
  file.writeBigUInt64LE(0x40n, 0x20); // program header
  file.writeUInt16LE(0x40, 0x34);
  file.writeUInt16LE(0x38, 0x36);
  file.writeUInt16LE(1, 0x38);
  file.writeUInt32LE(1, 0x40); // PT_LOAD
  file.writeUInt32LE(5, 0x44); // read, execute
  file.writeBigUInt64LE(0x40_0000n, 0x50);
  file.writeBigUInt64LE(0x40_0000n, 0x58);
  file.writeBigUInt64LE(BigInt(file.length), 0x60);
  file.writeBigUInt64LE(BigInt(file.length), 0x68);
  file.writeBigUInt64LE(0x1000n, 0x70);
  for (const [n, word] of [0xd280_0540, 0xd280_0ba8, 0xd400_0001].entries()) file.writeUInt32LE(word, 0x78 + 4 * n);
  return file;
}

const DOCKERFILE = `FROM scratch
COPY . /
CMD ["/bin/cat", "/www/page"]
`;

/** No web server is among the programs: curl fetches a file, and who listens is the sandbox's own bash. */
const COMPOSE = `services:
  web:
    image: smoke
    command: ["/bin/sh", "-c", "while :; do sleep 1; done"]
    ports: ["8088:80"]
    restart: always
`;

export default async function docker(smoke: Smoke): Promise<void> {
  await smoke.units({ 'docker.service': 'notify' });
  await smoke.step('its user talks to an engine with overlay storage and the cgroupfs driver', async () => {
    const told = await smoke.output("docker info --format '{{.Driver}} {{.CgroupDriver}} {{.CgroupVersion}}'");
    if (!/^overlay(2|fs) cgroupfs 2$/.test(told)) throw new Error(told);
  });
  await smoke.step('a root becomes an image by docker import, and a container runs', async () => {
    await smoke.output(`${MAKE_ROOT}\ntar -c . | docker import - imported`);
    const said = await smoke.output("docker run --rm imported /bin/sh -c 'echo from $((40 + 2))'");
    if (said !== 'from 42') throw new Error(said);
  });
  await smoke.step('buildx builds FROM scratch, and what it built runs', async () => {
    await smoke.output(`cd /tmp/root && printf '%s' '${DOCKERFILE}' > /tmp/Dockerfile
docker buildx build --quiet --tag smoke --file /tmp/Dockerfile .`);
    const said = await smoke.output('docker run --rm smoke');
    if (said !== 'served') throw new Error(said);
  });
  await smoke.step('an image for arm64 is built, and runs', async () => {
    const program = armProgram().toString('base64');
    await smoke.output(`mkdir -p /tmp/arm && cd /tmp/arm && echo ${program} | base64 -d > program && chmod +x program
printf 'FROM scratch\\nCOPY program /\\nCMD ["/program"]\\n' > Dockerfile
docker buildx build --quiet --platform linux/arm64 --tag arm .`);
    const code = await smoke.output('docker run --rm --platform linux/arm64 arm >/dev/null; echo $?');
    if (code !== '42') throw new Error(code);
  });
  await networks(smoke);
  await smoke.step('an edited daemon.json is picked up by systemctl restart', async () => {
    await smoke.output(`sudo sed -i 's/^{/{ "labels": ["smoke=yes"],/' /etc/docker/daemon.json
systemctl restart docker`);
    const labels = await smoke.output("docker info --format '{{.Labels}}'");
    if (labels !== '[smoke=yes]') throw new Error(labels);
  });
}

async function networks(smoke: Smoke): Promise<void> {
  await smoke.step('docker compose up publishes a port that is reached from the sandbox', async () => {
    await smoke.output(`mkdir -p /tmp/smoke && cd /tmp/smoke && printf '%s' '${COMPOSE}' > compose.yaml
docker compose up --detach --quiet-pull`);
    const ports = await smoke.output('docker compose --project-directory /tmp/smoke port web 80');
    if (!ports.endsWith(':8088')) throw new Error(ports);
    await smoke.output(
      'docker exec smoke-web-1 /bin/sh -c "exec 3<>/dev/null" && bash -c "exec 3<>/dev/tcp/127.0.0.1/8088"',
    );
  });
  await smoke.step('a container with restart: always that is killed comes back', async () => {
    await smoke.output('sudo kill -9 "$(docker inspect --format {{.State.Pid}} smoke-web-1)"');
    await smoke.until('it was restarted', async () => {
      const told = await smoke.output("docker inspect --format '{{.RestartCount}} {{.State.Running}}' smoke-web-1");
      return told === '1 true';
    });
    await smoke.output('docker compose --project-directory /tmp/smoke down --timeout 1');
  });
  await smoke.step('containers go out by a bridge with NAT', async () => {
    const rules = await smoke.output('sudo iptables -t nat -S POSTROUTING; ip -br addr show docker0');
    if (!/-s 172\.17\.0\.0\/16 ! -o docker0 -j MASQUERADE/.test(rules)) throw new Error(rules);
    const seen = await smoke.output(
      'docker run --rm --entrypoint /bin/cat smoke /proc/net/route | awk \'NR > 1 && $2 == "00000000" { print $3 }\'',
    );
    if (seen !== '010011AC') throw new Error(`the container's gateway is ${seen}`);
  });
}
