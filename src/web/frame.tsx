import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { SessionView } from '../api/access.ts';
import { address, linkTo } from './address.ts';
import type { Page, PageProps } from './page.ts';
import { pages } from './pages.ts';
import { logOut } from './server.ts';
import { words } from './words.ts';

/** What all pages share: skip link, heading, links to the pages of the role, log-out; and the page of the address in it. */
export function Frame({ user }: { user: SessionView }) {
  const own = pages.filter(({ roles }) => roles.includes(user.role));
  const page = own.find(({ path }) => path === address.value.path) ?? own[0];
  if (page === undefined) return <NoPage />;
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          // The address names the page.
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {words.skip}
      </a>
      <header>
        <Heading key={page.path} title={page.title} />
        {own.length > 1 && (
          <nav aria-label={words.pages}>
            {own.map(({ path, title }) => (
              <a key={path} href={linkTo(path)} aria-current={path === page.path ? 'page' : undefined}>
                {title}
              </a>
            ))}
          </nav>
        )}
        <p class="user">{user.name}</p>
        <LogOut />
      </header>
      <main id="content" tabIndex={-1}>
        <Content key={page.path} page={page} user={user} query={address.value.query} />
      </main>
    </>
  );
}

/** Of the first page nothing has to be said: it is where one begins. */
let isFirst = true;

function Heading({ title }: { title: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} - ${words.title}`;
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {title}
    </h1>
  );
}

function Content({ page, query, user }: { page: Page } & PageProps) {
  const content = useSignal<{ Page: ComponentType<PageProps> } | 'fetching' | 'failed'>('fetching');
  const fetchPage = () => {
    content.value = 'fetching';
    page.load().then(
      (Page) => (content.value = { Page }),
      () => (content.value = 'failed'),
    );
  };
  useEffect(fetchPage, [page]);
  if (content.value === 'fetching') return <p class="loading">{words.loading}</p>;
  if (content.value === 'failed') {
    return (
      <p role="alert" class="refusal">
        {words.unreachable}{' '}
        <button type="button" onClick={fetchPage}>
          {words.again}
        </button>
      </p>
    );
  }
  return <content.value.Page user={user} query={query} />;
}

function LogOut() {
  return (
    <button type="button" onClick={() => void logOut()}>
      {words.logOut}
    </button>
  );
}

function NoPage() {
  return (
    <main class="form">
      <h1>{words.noPage.heading}</h1>
      <p>{words.noPage.text}</p>
      <LogOut />
    </main>
  );
}
