// What is asked of the server, and by whom. What cannot be is thrown as a list of sentences.

export const visitor = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");

async function answered(path, query, options) {
  let answer;
  try { answer = await fetch(`${path}?${query}`, options); } catch { throw ["The server does not answer. Is it still running? Move any control to try again."]; }
  if (answer.ok) return answer;
  let reasons;
  try { reasons = (await answer.json()).reasons; } catch { reasons = [`The server answered ${answer.status}.`]; }
  throw reasons;
}

export async function fetched(path, query, options) {
  return (await answered(path, query, options)).json();
}

// Server-sent events as [name, data], as they come. Unlike an event source this tells why something
// is refused, and never asks again by itself.
export async function* streamed(path, query, signal) {
  const body = (await answered(path, query, { signal })).body.pipeThrough(new TextDecoderStream()).getReader();
  for (let heard = ""; ;) {
    const { done, value } = await body.read().catch(() => ({ done: true }));
    if (done) return;
    const blocks = (heard + value).split("\n\n");
    heard = blocks.pop();
    for (const block of blocks) {
      const [, name, data] = block.match(/^event: (.*)\ndata: (.*)$/);
      yield [name, JSON.parse(data)];
    }
  }
}
