import { useSignal } from '@preact/signals';
import type { CampaignStatus } from '../../api/campaigns.ts';
import { Dialog, DialogButtons } from '../dialog.tsx';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import { ask, unloadCampaign } from '../server.ts';
import * as say from '../words.ts';
import { words } from '../words.ts';

/** Why records are not dialled now, and when the next one is due. */
export function Waits({ close, name }: { close: () => void; name: string }) {
  const path = `/campaigns/${encodeURIComponent(name)}`;
  const loaded = useLoaded(() => ask<CampaignStatus>('GET', path), [name]);
  return (
    <Dialog heading={`${words.wall.waitsHeading} ${name}`} close={close}>
      <WhenLoaded loaded={loaded}>
        {({ nextDueAt, obstacles, waits }) => (
          <>
            <p>{nextDueAt === null ? words.wall.noneDue : say.dueText(nextDueAt, Date.now())}</p>
            <ul>
              {[...obstacles, ...waits.map(({ explanation }) => explanation)].map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </>
        )}
      </WhenLoaded>
      <form method="dialog">
        <button type="submit">{words.close}</button>
      </form>
    </Dialog>
  );
}

/** Asks for the name: whoever unloads the wrong campaign stops the work of many. */
export function Unload({ close, name }: { close: () => void; name: string }) {
  const typed = useSignal('');
  const refusal = useSignal('');
  const unload = async () => {
    refusal.value = '';
    try {
      await unloadCampaign(name);
      close();
    } catch (error) {
      refusal.value = (error as Error).message;
    }
  };
  return (
    <Dialog heading={`${words.wall.unload} ${name}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void unload();
        }}
      >
        <p>{words.wall.unloadMeans}</p>
        <label>
          {words.wall.typeName}
          <input value={typed.value} onInput={({ currentTarget }) => (typed.value = currentTarget.value)} />
        </label>
        <p role="alert" class="refusal">
          {refusal}
        </p>
        <DialogButtons submit={words.wall.unload} disabled={typed.value.trim() !== name} close={close} />
      </form>
    </Dialog>
  );
}
