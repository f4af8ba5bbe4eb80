"""The demonstration's own code: files that no package knows, as every image has some."""

import requests
from flask import Flask, Response, jsonify


def price(article: str) -> Response:
    """Ask the price service; the shop itself knows nothing."""
    answer = requests.get(f"http://prices.shop.svc/{article}", timeout=2)
    return jsonify(answer.json())


app = Flask(__name__)
app.add_url_rule("/price/<article>", view_func=price)
