"""The second route to every result: other algebra than the model, over keys of the same names."""

from __future__ import annotations

MILLION = "tokens_per_price_unit"


SECOND: dict[str, str] = {
    "pe_monthly": f"(queries*pe_prompt_tokens+queries*query_tokens)/{MILLION}*pe_input_price"
    f"+queries*response_tokens/{MILLION}*pe_output_price",
    "pe_hit": "cache_hit_rate*IF(pe_prompt_tokens>=cache_min_tokens,1,0)",
    "cached_monthly": f"queries/{MILLION}*(pe_prompt_tokens*(1-pe_hit)*pe_input_price"
    "+pe_prompt_tokens*pe_hit*IF(LEN(pe_cached_price)=0,pe_input_price,pe_cached_price)+query_tokens*pe_input_price"
    "+response_tokens*pe_output_price)",
    "base_monthly": 'IF(LEN(base_input_price)*LEN(base_output_price)=0,"n/a",'
    f"queries/{MILLION}*((pe_prompt_tokens+query_tokens)*base_input_price+response_tokens*base_output_price))",
    "rag_monthly": f"pe_monthly+queries*(context_tokens/{MILLION}*pe_input_price+retrieval_price)+storage_monthly",
    "ft_hit": "cache_hit_rate*IF(ft_prompt_tokens>=cache_min_tokens,1,0)",
    "ft_monthly": f"ft_hosting_monthly+queries/{MILLION}*(query_tokens*ft_input_price+response_tokens*ft_output_price"
    "+ft_prompt_tokens*(ft_input_price-ft_hit*ft_input_price"
    "+ft_hit*IF(LEN(ft_cached_price)=0,ft_input_price,ft_cached_price)))",
    "hybrid_monthly": f"queries*retrieval_price+ft_hosting_monthly+queries/{MILLION}*(ft_input_price*ft_prompt_tokens"
    "+ft_input_price*query_tokens+ft_input_price*context_tokens+ft_output_price*response_tokens)",
    "best_monthly": "MIN(MIN(pe_monthly,cached_monthly,base_monthly),MIN(rag_monthly,ft_monthly,hybrid_monthly))",
    "best_option": "INDEX(row.option,1,1+IF(pe_monthly>best_limit,1+IF(cached_monthly>best_limit,"
    "1+IF(IF(ISNUMBER(base_monthly),base_monthly>best_limit,TRUE),1+IF(rag_monthly>best_limit,"
    "1+IF(ft_monthly>best_limit,1,0),0),0),0),0))",
    "training": f"MAX(training_minimum,ft_training_price/{MILLION}"
    "*(validation_tokens+examples*tokens_per_example*epochs))",
    "labor": "hourly_wage/minutes_per_hour*minutes_per_example*examples",
    "upfront": "training+labor",
    "saving": "IF(pe_monthly>ft_monthly,ABS(pe_monthly-ft_monthly),-ABS(pe_monthly-ft_monthly))",
    "breakeven": "IF(saving<=comparison_tolerance*pe_monthly,NA(),upfront*saving^(-1))",
    "to_shutdown": 'IF(LEN(ft_shutdown_date)=0,"",(ft_shutdown_date-start_date)/(days_per_year/months_per_year))',
    "limit": 'IF(to_shutdown="",max_months,MIN(max_months,to_shutdown))',
    "decision": 'IF(ISNA(breakeven),"DO NOT FINE-TUNE",'
    'IF(limit-breakeven>comparison_tolerance*ABS(limit),"FINE-TUNE","HOLD"))',
    "breakeven_training": "IF(saving<=comparison_tolerance*pe_monthly,NA(),training*saving^(-1))",
    "decision_training": 'IF(ISNA(breakeven_training),"DO NOT FINE-TUNE",'
    'IF(max_months-breakeven_training>comparison_tolerance*max_months,"FINE-TUNE","HOLD"))',
    "suitability": "FT_SUITABILITY(use_case, examples, facts_change)",
    "pe_call": f"pe_input_price/{MILLION}*pe_prompt_tokens+pe_input_price/{MILLION}*query_tokens"
    f"+pe_output_price/{MILLION}*response_tokens",
    "ft_call": f"ft_input_price/{MILLION}*query_tokens+ft_output_price/{MILLION}*response_tokens"
    f"+ft_prompt_tokens/{MILLION}*"
    "(ft_input_price-ft_hit*ft_input_price+ft_hit*IF(LEN(ft_cached_price)=0,ft_input_price,ft_cached_price))",
    "be_queries": "IF(pe_call-ft_call<=comparison_tolerance*pe_call,NA(),"
    "upfront/max_months*(pe_call-ft_call)^(-1)+ft_hosting_monthly*(pe_call-ft_call)^(-1))",
    "answers": f"queries*response_tokens/{MILLION}*pe_output_price",
    "inputs": f"queries*(pe_prompt_tokens+query_tokens)/{MILLION}",
    "be_price": "IF(inputs=0,1/inputs,IF(ft_monthly+upfront/max_months-answers"
    "<=comparison_tolerance*(ft_monthly+upfront/max_months),NA(),(ft_monthly+upfront/max_months-answers)/inputs))",
    "be_price_year": "IF(inputs=0,1/inputs,IF(ft_monthly+upfront/months_per_year-answers"
    "<=comparison_tolerance*(ft_monthly+upfront/months_per_year),NA(),(ft_monthly+upfront/months_per_year-answers)/inputs))",
    "be_price_running": "IF(inputs=0,1/inputs,IF(ft_monthly-answers<=comparison_tolerance*ft_monthly,NA(),"
    "(ft_monthly-answers)/inputs))",
    "price_text": 'IF(ISNUMBER(be_price),"below the first of these prices",'
    'IF(inputs=0,"not known without calls","at no price: the answers alone cost more"))',
}
"""The second route: other algebra, over keys of the same names. Some rows only help others."""


AFTER = {"best_monthly": ("best_limit", "best_monthly+comparison_tolerance*best_monthly")}


TERMS = {
    "saving": "pe_monthly+ft_monthly",
    "breakeven": "upfront*(pe_monthly+ft_monthly)*saving^(-1)*saving^(-1)",
    "breakeven_training": "upfront*(pe_monthly+ft_monthly)*saving^(-1)*saving^(-1)",
    "be_queries": "(upfront/max_months+ft_hosting_monthly)*(pe_call+ft_call)"
    "*(pe_call-ft_call)^(-1)*(pe_call-ft_call)^(-1)",
    "be_price": "(ft_monthly+upfront/max_months+answers)/inputs",
    "be_price_year": "(ft_monthly+upfront/months_per_year+answers)/inputs",
    "be_price_running": "(ft_monthly+answers)/inputs",
}
"""The largest term of figures that are small differences of large ones, or quotients by such differences."""
