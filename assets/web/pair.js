// Exchanges the code for a token, which the browser keeps as a cookie out of this script's reach. The studio's picture code
// carries it behind the #, which browsers send to nobody; it is wiped from the address at once.

const form = document.querySelector("form");
const [code, name, go, problem] = ["code", "name", "go", "problem"].map((id) => document.getElementById(id));

/** What a person would call this device. */
function guess() {
  const agent = navigator.userAgent;
  const known = [
    [/iPhone/, "iPhone"],
    [/iPad/, "iPad"],
    [/Android.*Mobile/, "Android phone"],
    [/Android/, "Android tablet"],
    [/Macintosh/, "Mac"],
    [/Windows/, "Windows computer"],
    [/Linux|X11/, "Linux computer"],
  ];
  return known.find(([mark]) => mark.test(agent))?.[1] ?? "Phone";
}

function say(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

async function pair() {
  say("");
  go.disabled = true;
  try {
    const answer = await fetch("/pair", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code: code.value, name: name.value }),
    });
    if (answer.ok) return location.replace("/");
    const { error } = await answer.json().catch(() => ({}));
    say(error ?? "Sharing is switched off in the studio.");
  } catch {
    say("The studio does not answer. Is this device on the same network?");
  }
  go.disabled = false;
  code.select();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  pair();
});

async function begin() {
  name.value = guess();
  const brought = decodeURIComponent(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", "/pair");
  // Who is paired already needs no code, and uses none up.
  const me = await fetch("/api/v1/me", { cache: "no-store" }).catch(() => null);
  if (me?.ok) return location.replace("/");
  if (brought) {
    code.value = brought;
    pair();
  } else {
    code.focus();
  }
}

begin();
