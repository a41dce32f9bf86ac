"""Providers of models, as LangChain names them: the package that each needs, and the variables that hold its key.

It is a hint for a person. What a name really leads to, LangChain tells when the model is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider."""

    name: str
    module: str
    """What has to be importable."""
    keys: tuple[str, ...] = ()
    """Variables, of which one holds its key; none where it needs no key, or has it from elsewhere."""
    most_tokens: str = "max_tokens"
    """What the model calls the most tokens of an answer; empty where that is not known."""

    @property
    def package(self) -> str:
        """What is to be installed."""
        return self.module.replace("_", "-")


_PROVIDERS: Mapping[str, Provider] = {
    each.name: each
    for each in (
        Provider("anthropic", "langchain_anthropic", ("ANTHROPIC_API_KEY",)),
        Provider(
            "azure_openai", "langchain_openai", ("AZURE_OPENAI_API_KEY", "OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN")
        ),
        Provider("bedrock", "langchain_aws", (), ""),
        Provider("bedrock_converse", "langchain_aws"),
        Provider("cohere", "langchain_cohere", ("COHERE_API_KEY",), ""),
        Provider("deepseek", "langchain_deepseek", ("DEEPSEEK_API_KEY",)),
        Provider("fireworks", "langchain_fireworks", ("FIREWORKS_API_KEY",)),
        Provider("google_genai", "langchain_google_genai", ("GOOGLE_API_KEY", "GEMINI_API_KEY")),
        Provider("google_vertexai", "langchain_google_vertexai"),
        Provider("groq", "langchain_groq", ("GROQ_API_KEY",)),
        Provider("huggingface", "langchain_huggingface", ("HUGGINGFACEHUB_API_TOKEN", "HF_TOKEN"), ""),
        Provider("mistralai", "langchain_mistralai", ("MISTRAL_API_KEY",)),
        Provider("nvidia", "langchain_nvidia_ai_endpoints", ("NVIDIA_API_KEY",)),
        Provider("ollama", "langchain_ollama", (), "num_predict"),
        Provider("openai", "langchain_openai", ("OPENAI_API_KEY",)),
        Provider("openrouter", "langchain_openrouter", ("OPENROUTER_API_KEY",)),
        Provider("perplexity", "langchain_perplexity", ("PPLX_API_KEY", "PERPLEXITY_API_KEY")),
        Provider("together", "langchain_together", ("TOGETHER_API_KEY",)),
        Provider("xai", "langchain_xai", ("XAI_API_KEY",)),
    )
}
_BEGINNINGS = {
    "openai": ("gpt-", "o1", "o3", "o4", "chatgpt"),
    "anthropic": ("claude",),
    "google_vertexai": ("gemini",),
    "mistralai": ("mistral", "mixtral"),
    "deepseek": ("deepseek",),
    "xai": ("grok",),
    "cohere": ("command",),
    "bedrock": ("amazon.", "anthropic.", "meta."),
    "perplexity": ("sonar",),
}
"""How names of models begin of which LangChain knows the provider."""


def provider_of(model: str) -> Provider | None:
    """Return the provider of the model; `None` where it is none of those known here."""
    named, colon, _ = model.partition(":")
    if colon and named.replace("-", "_") in _PROVIDERS:
        return _PROVIDERS[named.replace("-", "_")]
    guesses = (name for name, begins in _BEGINNINGS.items() if model.lower().startswith(begins))
    return next((_PROVIDERS[name] for name in guesses), None)
