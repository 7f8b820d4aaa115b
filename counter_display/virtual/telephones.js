// The telephones behind the virtual modems: one for each number that got a message, and what each modem is ordered to do wrong.
"use strict";

(() => {
  const ORDERS = [
    ["ok", "正常 works"], ["drop", "网络丢失 network drops it"], ["lost", "告知没有送到 said not to arrive"], ["refuse", "号码拒收 number refused"],
    ["busy", "网络拥塞 congested"], ["no sim", "没有SIM卡 no SIM"], ["locked", "要PIN码 asks for its PIN"], ["no network", "没有网络 no network"],
    ["weak", "信号弱 weak signal"], ["hang", "死机 hangs"],
  ];
  const make = (kind, text) => Object.assign(document.createElement(kind), { textContent: text || "" });
  const lists = {};

  function modem(name, one) {
    if (!lists[name]) {
      const label = make("label", name), list = make("select");
      for (const [value, text] of ORDERS) list.append(Object.assign(make("option", text), { value }));
      list.onchange = () => fetch("/order", { method: "POST", body: JSON.stringify({ modem: name, order: list.value }) });
      label.append(list);
      document.getElementById("modems").append(label);
      lists[name] = list;
    }
    lists[name].value = one.fault;
    lists[name].dataset.odd = one.fault !== "ok";
  }

  function telephones(received) {
    const by = new Map();
    for (const one of received) by.set(one.to, [...(by.get(one.to) || []), one]);
    const made = [...by].map(([to, texts]) => {
      const box = make("section");
      box.className = "telephone";
      box.append(make("h2", to), ...texts.slice(-6).reverse().map((one) => {
        const text = make("p", one.text), small = make("small", `${new Date(one.at * 1000).toTimeString().slice(0, 8)}${one.parts > 1 ? ` · ${one.parts}条 parts` : ""}`);
        text.className = "text";
        text.append(small);
        return text;
      }));
      return box;
    });
    document.getElementById("telephones").replaceChildren(...(made.length ? made : [make("p", "还没有短信：给号码留一个手机号。 No message yet: leave a telephone with a number.")]));
  }

  async function follow() {
    let version = null, shown = "";
    for (;;) {
      try {
        const state = await (await fetch(version === null ? "/state" : `/state?since=${version}`)).json();
        version = state.version;
        for (const [name, one] of Object.entries(state.modems)) modem(name, one);
        const received = Object.values(state.modems).flatMap((one) => one.received), now = JSON.stringify(received);
        if (now !== shown) telephones(received);
        shown = now;
        document.getElementById("line").textContent = "由短信猫收到的PDU独立解码 Decoded from the PDUs that the modem was given";
      } catch {
        version = null;
        document.getElementById("line").textContent = "连接中断，正在重试 Lost, trying again…";
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }
  follow();
})();
