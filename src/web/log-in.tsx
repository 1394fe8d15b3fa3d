import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { changePassword, logIn } from './server.ts';
import { words } from './words.ts';

/** A form that says why the server refused; what was typed stays. */
function Form(props: {
  heading: string;
  submit: string;
  busy: string;
  send: (fields: FormData) => Promise<void>;
  children: ComponentChildren;
}) {
  const refusal = useSignal('');
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    isBusy.value = true;
    refusal.value = '';
    try {
      await props.send(new FormData(event.currentTarget as HTMLFormElement));
    } catch (error) {
      refusal.value = (error as Error).message;
    }
    isBusy.value = false;
  };
  return (
    <main class="form">
      <h1>{props.heading}</h1>
      <form onSubmit={(event) => void submit(event)}>
        {props.children}
        <p role="alert" class="refusal">
          {refusal}
        </p>
        <button type="submit" disabled={isBusy.value}>
          {isBusy.value ? props.busy : props.submit}
        </button>
      </form>
    </main>
  );
}

function NameField({ label }: { label: string }) {
  return (
    <label>
      {label}
      <input name="name" autocomplete="username" required />
    </label>
  );
}

function PasswordField(props: {
  label: string;
  name: string;
  autocomplete: 'current-password' | 'new-password';
}) {
  return (
    <label>
      {props.label}
      <input name={props.name} type="password" autocomplete={props.autocomplete} required />
    </label>
  );
}

const textOf = (fields: FormData, name: string): string => {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
};

export function LogIn() {
  const { busy, heading, name, password, submit } = words.logIn;
  return (
    <Form
      heading={heading}
      submit={submit}
      busy={busy}
      send={(fields) => logIn(textOf(fields, 'name'), textOf(fields, 'password'))}
    >
      <NameField label={name} />
      <PasswordField label={password} name="password" autocomplete="current-password" />
    </Form>
  );
}

export function ChangePassword() {
  const { again, busy, current, differ, heading, next, submit, why } = words.change;
  const send = async (fields: FormData) => {
    if (textOf(fields, 'next') !== textOf(fields, 'again')) throw new Error(differ);
    await changePassword(textOf(fields, 'current'), textOf(fields, 'next'));
  };
  return (
    <Form heading={heading} submit={submit} busy={busy} send={send}>
      <p>{why}</p>
      <PasswordField label={current} name="current" autocomplete="current-password" />
      <PasswordField label={next} name="next" autocomplete="new-password" />
      <PasswordField label={again} name="again" autocomplete="new-password" />
    </Form>
  );
}
