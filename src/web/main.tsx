import { render } from 'preact';
import { Frame } from './frame.tsx';
import { ChangePassword, LogIn } from './log-in.tsx';
import { lookForSession, session } from './server.ts';
import './style.css';
import { words } from './words.ts';

function Console() {
  const { value } = session;
  if (value === undefined) return <p class="loading">{words.loading}</p>;
  if (value === null) return <LogIn />;
  if (value.mustChangePassword) return <ChangePassword />;
  return <Frame user={value} />;
}

const place = document.getElementById('console');
if (place !== null) render(<Console />, place);
void lookForSession();
