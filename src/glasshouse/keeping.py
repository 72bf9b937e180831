"""The documents a run keeps."""
def keep_documents(scenario, writing):
    return {}
