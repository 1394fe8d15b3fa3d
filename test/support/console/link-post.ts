/** Asks the link of an OCS without a token. Throws what it refuses. */
export function linkPost(url: string) {
  return async <T>(path: string, body: object): Promise<T> => {
    const reply = await fetch(`${url}/link/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(await reply.text());
    return (await reply.json()) as T;
  };
}
