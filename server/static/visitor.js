// A visitor's telephone: the page is fetched anew when the hub says that something has changed, else every ten seconds. It is a classic
// script of old words, because telephones of ten years ago open this page; without it the page says the same and loads itself again.
(function () {
  var place = document.getElementById("place"), feed = place.getAttribute("data-feed"), heard = Date.now(), asking = false, source = null;

  function lost() {
    if (document.getElementById("lost")) return;
    var said = document.createElement("p");
    said.id = "lost";
    said.className = "lost";
    said.setAttribute("role", "alert");
    said.appendChild(document.createTextNode(place.getAttribute("data-lost")));
    place.insertBefore(said, place.firstChild);
  }

  function each(what, how) {
    var found = place.querySelectorAll(what), i;
    for (i = 0; i < found.length; i++) how(found[i]);
  }

  function show(page) {  // what somebody has opened stays open, and what is being typed stays where it is
    var open = {}, typed = {}, at = document.activeElement, name = at && at.tagName === "INPUT" ? at.name : "";
    var main = new DOMParser().parseFromString(page, "text/html").getElementById("place");
    if (!main) return;
    each("details[open] summary", function (one) { open[one.textContent] = true; });
    each("input[maxlength]", function (one) { typed[one.name] = one.value; });
    while (place.firstChild) place.removeChild(place.firstChild);
    while (main.firstChild) place.appendChild(document.adoptNode(main.firstChild));
    each("details summary", function (one) { if (open[one.textContent]) one.parentNode.open = true; });
    each("input[maxlength]", function (one) {
      one.value = typed[one.name] || "";
      if (one.name === name) one.focus();
    });
    document.title = place.querySelector("h1").textContent;
  }

  function again() {
    if (asking) return;
    asking = true;
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.timeout = 8000;
    request.onload = function () {
      asking = false;
      heard = Date.now();
      if (request.status === 200) show(request.responseText); else if (request.status === 404 || request.status === 410) location.reload();
    };
    request.onerror = request.ontimeout = function () { asking = false; };
    request.send();
  }

  function listen() {
    if (!window.EventSource) return;
    var first = true;
    source = new EventSource(feed + "?beat");
    source.addEventListener("show", function () { if (first) first = false; else again(); });
    source.addEventListener("beat", function () { heard = Date.now(); });
    source.onerror = function () { if (source.readyState === 2) source = null; };  // all streams are taken: it asks by itself
  }

  setInterval(function () {
    var silent = Date.now() - heard;
    if (!source || silent > 10000) again();
    if (silent > 60000) lost();
  }, 10000);
  listen();
})();
