// A Worker that does what it is asked: POST {name, settings, uid?, calls?}. Without a name, nothing.
import * as contestants from "contestants.mjs";

const made = {};

export default {
  async fetch(request) {
    const { name, settings, uid, calls } = await request.json();
    if (name === undefined) return new Response("nothing");
    made[name] ??= await contestants[name](settings);
    if (uid === undefined) await made[name].list();
    // In turn, as the other runtimes do it.
    for (let call = 0; call < calls; call += 1) await made[name].get(uid);
    return new Response("done");
  },
};
