// Says whose studio this is, and what it calls this device.

const answer = await fetch("/api/v1/me", { cache: "no-store" });
if (answer.status === 401) location.replace("/pair");
if (answer.ok) {
  const { studio, name } = await answer.json();
  document.getElementById("studio").textContent = studio;
  document.title = `${studio}: Onetake`;
  if (name) document.getElementById("device").textContent = `Paired as “${name}”.`;
}
