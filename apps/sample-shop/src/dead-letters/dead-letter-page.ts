import type { DeadLetter } from './dead-letter.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
const LONGEST = 300;

const row = ({ messageId, queue, reason, count, body }: DeadLetter): string => `<tr>
  <td>${escaped(queue)}</td><td>${escaped(reason)} × ${count}</td>
  <td><code>${escaped(JSON.stringify(body).slice(0, LONGEST))}</code></td>
  <td><form method="post" action="/dead-letters/redrive">
    <input type="hidden" name="messageId" value="${escaped(messageId)}"><button>send back</button>
  </form></td></tr>`;

/** The page with the dead letters; it works without a script. */
export const deadLetterPage = (letters: readonly DeadLetter[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Dead letters</title>
<style>body{font:16px system-ui;margin:2rem}td,th{padding:.4rem .8rem;text-align:left;border-bottom:1px solid #ddd}</style></head>
<body><h1>Dead letters</h1>
<p>${letters.length === 0 ? 'Nothing that could not be handled.' : `${letters.length} messages could not be handled.`}</p>
<table><tr><th>queue</th><th>reason</th><th>message</th><th></th></tr>${letters.map(row).join('')}</table>
<form method="post" action="/dead-letters/redrive"><button>send all back</button></form>
</body></html>`;
