/** This process among those that use the database, as the others see it. */
export interface ThisNode {
  /** Where people reach it. */
  url: string;
  /** Where the others reach it, e.g. `http://10.0.0.11:7800`; its own, no balancer's. */
  address: string;
  /** Name of its host. */
  host: string;
  version: string;
  /** Whoever shows it is another process that uses the database. */
  secret: string;
  /** What it shows at `address`, in PEM; null where it speaks plain HTTP. */
  certificate(): string | null;
}

/** The process that owns the rows, as another one sees it. */
export interface OwnerSeen extends Pick<ThisNode, 'url' | 'address' | 'secret'> {
  certificate: string | null;
  /** Name of its host. */
  host: string | null;
}
