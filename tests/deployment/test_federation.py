import pytest
pytestmark = pytest.mark.heavy
def test_finishes(deployment):
    assert deployment.run_state() == "finished:completed"
    print(deployment.status()["rounds_finished"])
    print(len(deployment.gate.sent), sorted({s.path for s in deployment.gate.sent}), deployment.gate.refused)
    import pickle
    pickle.dump([(s.path, s.body) for s in deployment.gate.sent], open("/tmp/dep/sent.pkl", "wb"))
