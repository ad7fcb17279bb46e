"""The API for other systems (接口): everything that the pages do, under `/api`, as JSON.

shapes  answering  asked  files    what goes out, which refusals there may be, what comes in, downloads
all the others                     the routes, a module for each noun
"""
