import type { WebSocket } from 'ws';
import { realClock, wallClock } from '../../../src/ocs/clock.ts';
import { createOcs, type Ocs, type OcsOptions } from '../../../src/ocs/ocs.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import { carry, type Answered, type Asked, type Server } from './network.ts';
import { newProcess, runAs, type Process } from './processes.ts';
import type { World } from './world.ts';

/** A file for one node that crashes and starts again, or the address of a database for several. */
export type Rows = { file: string } | { address: string };

interface Life {
  readonly process: Process;
  readonly stopped: AbortController;
  readonly died: Promise<never>;
  readonly end: (why: Error) => void;
  readonly sockets: Set<WebSocket>;
  ocs: Ocs | null;
  /** Answers. */
  running: boolean;
  /** Whom it takes for the owner while it stands by. */
  owner: string | null;
}

/** An `ocsd`: it lives, dies, and is started again. */
export class OcsNode implements Server {
  readonly name: string;
  /** Lives until now, and how many ended because another one owned the rows. */
  lives = 0;
  lost = 0;
  private life: Life | null = null;
  private readonly world: World;
  private readonly rows: Rows;
  private readonly aheadMs: number;

  constructor(world: World, name: string, rows: Rows, aheadMs: number) {
    this.world = world;
    this.name = name;
    this.rows = rows;
    this.aheadMs = aheadMs;
  }

  get running(): boolean {
    return this.life?.running === true;
  }

  get process(): Process | null {
    return this.life?.process ?? null;
  }

  start(): void {
    const { promise: died, reject } = Promise.withResolvers<never>();
    died.catch(() => undefined);
    this.lives += 1;
    const life: Life = {
      process: newProcess(this.name, this.aheadMs),
      stopped: new AbortController(),
      died,
      end: reject,
      sockets: new Set(),
      ocs: null,
      running: false,
      owner: null,
    };
    this.life = life;
    runAs(life.process, () => void this.live(life));
  }

  private async live(life: Life): Promise<void> {
    try {
      life.ocs = await createOcs(this.options(life));
      if (!life.process.alive) throw new Error('died while it started');
      await life.ocs.start();
      await this.world.time.outside(async () => life.ocs?.listen({ port: 0 }));
      life.running = life.process.alive;
    } catch (error) {
      this.world.noteStart(this.name, error as Error);
      this.crash(life, 2_000);
    }
  }

  private options(life: Life): OcsOptions {
    const { rows } = this;
    return {
      clock: wallClock(),
      wireClock: realClock(),
      log: this.world.log(this.name),
      config: { agentGraceMs: 60_000 },
      database:
        'file' in rows
          ? rows.file
          : {
              address: parsePostgresAddress(rows.address),
              self: {
                url: `http://${this.name}`,
                address: `http://${this.name}`,
                host: this.name,
                version: '0',
                secret: `secret-of-${this.name}`,
                certificate: () => null,
              },
              standingBy: (owner) => {
                life.owner = owner === null ? null : new URL(owner.address).hostname;
              },
              stopped: life.stopped.signal,
              lost: () => {
                this.lost += 1;
                this.crash(life, 1_000);
              },
            },
    };
  }

  /** @param againMs until it is started again */
  crash(life = this.life, againMs = this.world.weather.between(500, 5_000)): void {
    if (life?.process.alive !== true) return;
    life.process.alive = false;
    life.running = false;
    life.end(new Error(`${this.name} is dead`));
    for (const socket of life.sockets) socket.terminate();
    if (this.life === life) this.life = null;
    life.stopped.abort();
    // Nothing of it reaches anything any more; what it holds is let go.
    void runAs(life.process, () => life.ocs?.stop().catch(() => undefined));
    void this.world.time.wait(againMs).then(() => {
      if (this.life === null && !this.world.over) this.start();
    });
  }

  /** Ends as an operator ends it. */
  async stop(againMs: number | null): Promise<void> {
    const { life } = this;
    if (life?.running !== true || life.ocs === null) return;
    const { ocs } = life;
    life.running = false;
    for (const socket of life.sockets) socket.close();
    await runAs(life.process, () => ocs.stop()).catch(() => undefined);
    life.process.alive = false;
    life.end(new Error(`${this.name} was stopped`));
    if (this.life === life) this.life = null;
    if (againMs === null) return;
    await this.world.time.wait(againMs);
    if (this.life === null && !this.world.over) this.start();
  }

  async handle(asked: Asked): Promise<Answered> {
    const { life } = this;
    if (life === null) throw new Error(`${this.name} does not listen`);
    await Promise.race([this.world.standsStill(life.process), life.died]);
    if (!life.running || life.ocs === null) return this.handOn(life, asked);
    const { ocs } = life;
    const askedAt = this.world.time.now();
    const answer = runAs(life.process, async () => {
      const { payload, statusCode } = await ocs.app.inject({
        method: asked.method,
        url: asked.path,
        headers: {
          host: 'localhost',
          ...(asked.body !== undefined && { 'content-type': typeOf(asked.body) }),
        },
        ...(asked.body !== undefined && { payload: asked.body }),
      });
      return { status: statusCode, body: payload };
    });
    const made = await Promise.race([answer, life.died]);
    await Promise.race([this.world.standsStill(life.process), life.died]);
    if (asked.path.endsWith('/pull') && made.status === 200) {
      this.world.truth.handedOut(made.body, askedAt);
    }
    this.world.mayDie(life.process);
    if (!life.process.alive) throw new Error(`${this.name} died before its answer left`);
    return made;
  }

  private handOn(life: Life, asked: Asked): Promise<Answered> {
    const owner = this.world.nodes.find(({ name }) => name === life.owner && name !== this.name);
    if (owner?.running !== true) {
      const error = { code: 'STANDING_BY', message: 'stands by' };
      return Promise.resolve({ status: 503, body: JSON.stringify({ error }) });
    }
    return Promise.race([carry(this.world, this.name, owner, asked), life.died]);
  }

  /** A WebSocket of an agent's desktop, here or at the owner. @throws when there is none */
  async desktop(): Promise<{ socket: WebSocket; process: Process }> {
    const { life } = this;
    if (life === null) throw new Error(`${this.name} does not listen`);
    if (!life.running || life.ocs === null) {
      const owner = this.world.nodes.find(({ name }) => name === life.owner && name !== this.name);
      if (owner?.running !== true) throw new Error('stands by');
      return owner.desktop();
    }
    const { ocs } = life;
    const opened = runAs(life.process, () =>
      ocs.app.injectWS('/desktop/v1', {
        headers: { host: 'localhost' },
        socket: { remoteAddress: '127.0.0.1' },
      } as never),
    );
    const socket = await Promise.race([opened, life.died]);
    life.sockets.add(socket);
    socket.on('close', () => life.sockets.delete(socket));
    return { socket, process: life.process };
  }
}

function typeOf(body: string): string {
  return body.startsWith('{') ? 'application/json' : 'text/csv';
}
