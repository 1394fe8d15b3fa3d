import type { FastifyInstance } from 'fastify';

/** `GET /path/{name}` for each route that fastify itself prints. */
export function routesOf(app: FastifyInstance): string[] {
  const parents: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const found = /^([│ ]*)[├└]── (\S+)(?: \(([^)]*)\))?$/.exec(line);
      if (found === null) throw new Error(`not a route: ${line}`);
      const depth = (found[1]?.length ?? 0) / 4;
      const path = (depth === 0 ? '' : (parents[depth - 1] ?? '')) + (found[2] ?? '');
      parents.splice(depth, parents.length, path);
      const methods = (found[3] ?? '').split(', ').filter((method) => !['', 'HEAD'].includes(method));
      return methods.map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/\/?\*$/, '/*')}`);
    })
    .sort();
}
