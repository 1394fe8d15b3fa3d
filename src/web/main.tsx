import { render } from 'preact';
import { ChangePassword, LogIn } from './log-in.tsx';
import { lookForSession, logOut, session } from './server.ts';
import './style.css';
import { Wall } from './wall.tsx';
import { words } from './words.ts';

function Console() {
  const { value } = session;
  if (value === undefined) return <p class="loading">{words.loading}</p>;
  if (value === null) return <LogIn />;
  if (value.mustChangePassword) return <ChangePassword />;
  if (value.role !== 'agent') return <Wall user={value} />;
  return (
    <main class="form">
      <h1>{words.noPage.heading}</h1>
      <p>{words.noPage.text}</p>
      <button type="button" onClick={() => void logOut()}>
        {words.logOut}
      </button>
    </main>
  );
}

const place = document.getElementById('console');
if (place !== null) render(<Console />, place);
void lookForSession();
